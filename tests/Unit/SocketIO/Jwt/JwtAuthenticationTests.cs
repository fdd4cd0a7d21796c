using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Jwt;

namespace Sluice.Unit.SocketIO.Jwt;

/// <summary>The scheme of ASP.NET Core, asked without a server.</summary>
public class JwtAuthenticationTests
{
    static readonly string good = JwtTokens.Hs256("""{"sub":"ann","exp":4000000000}""");
    static readonly string expired = JwtTokens.Hs256("""{"sub":"ann","exp":1}""");

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    public async Task A_token_in_the_header_is_a_user(string prefix)
    {
        var request = Request();
        request.Request.Headers.Authorization = prefix + good;
        Assert.Equal("ann", (await request.AuthenticateAsync()).Principal?.Identity?.Name);
    }

    [Fact]
    public async Task A_token_in_the_query_is_a_user()
    {
        var request = Request();
        request.Request.QueryString = new QueryString("?token=" + good);
        Assert.Equal("ann", (await request.AuthenticateAsync()).Principal?.Identity?.Name);
    }

    [Fact]
    public async Task The_query_is_not_read_when_it_is_not_meant()
    {
        var request = Request(options => options.QueryParameter = null);
        request.Request.QueryString = new QueryString("?token=" + good);
        Assert.True((await request.AuthenticateAsync()).None);
    }

    [Fact]
    public async Task A_challenge_says_what_is_wrong()
    {
        var request = Request();
        request.Request.QueryString = new QueryString("?token=" + expired);
        await request.ChallengeAsync();
        Assert.Equal(401, request.Response.StatusCode);
        Assert.StartsWith(
            "Bearer error=\"invalid_token\", error_description=\"The token expired ",
            request.Response.Headers.WWWAuthenticate);
    }

    [Fact]
    public async Task A_challenge_without_a_token_asks_for_one()
    {
        var request = Request();
        await request.ChallengeAsync();
        Assert.Equal("Bearer", request.Response.Headers.WWWAuthenticate);
    }

    [Fact]
    public async Task No_part_of_a_token_is_logged()
    {
        var log = new ListLog();
        foreach (string token in new[] { good, expired, good[..^3], "x.y.z", good + "!" })
        {
            var request = Request(log: log);
            request.Request.QueryString = new QueryString("?token=" + token);
            await request.AuthenticateAsync();
            await request.ChallengeAsync();
        }
        Assert.Contains(log.Lines, line => line.Contains("expired"));
        Assert.DoesNotContain(log.Lines, line => line.Contains("eyJ") || line.Contains("x.y"));
    }

    [Fact]
    public void The_line_per_request_that_shows_the_query_is_off()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAuthentication().AddSocketIOJwt(Configure);
        using var provider = services.BuildServiceProvider();
        var filters = provider
            .GetRequiredService<Microsoft.Extensions.Options.IOptions<LoggerFilterOptions>>();
        Assert.Contains(
            filters.Value.Rules,
            rule => rule.CategoryName == "Microsoft.AspNetCore.Hosting.Diagnostics"
                && rule.LogLevel == LogLevel.Warning);
    }

    [Fact]
    public void A_mistake_ends_the_start()
    {
        var services = new ServiceCollection().AddAuthentication();
        Assert.Throws<InvalidOperationException>(() => services.AddSocketIOJwt(_ => { }));
    }

    static DefaultHttpContext Request(
        Action<JwtAuthenticationOptions>? change = null, ListLog? log = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace);
            if (log is not null)
            {
                logging.AddProvider(log);
            }
        });
        services.AddAuthentication(JwtAuthenticationExtensions.DefaultScheme)
            .AddSocketIOJwt(options =>
            {
                Configure(options);
                change?.Invoke(options);
            });
        return new DefaultHttpContext { RequestServices = services.BuildServiceProvider() };
    }

    static void Configure(JwtAuthenticationOptions options)
    {
        options.Token.Algorithms.Add(JwtAlgorithm.HS256);
        options.Token.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret));
    }

    /// <summary>Keeps what is logged.</summary>
    sealed class ListLog : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
