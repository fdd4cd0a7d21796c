using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.Redis;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.Tidy;

namespace Sluice.Unit.SocketIO;

/// <summary>The pages of docs/socketio name what there is.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void Every_option_is_on_the_page_of_options()
    {
        var page = Page("options.md");
        var names = typeof(SocketIOOptions).GetProperties()
            .Concat(typeof(ConnectionStateRecoveryOptions).GetProperties())
            .Concat(typeof(PerMessageDeflateOptions).GetProperties())
            .Select(property => property.Name);
        Assert.All(names, name => Assert.Contains($"`{name}`", page));
    }

    [Fact]
    public void Every_option_of_Redis_is_on_the_page_of_options()
    {
        var page = Page("options.md");
        var names = typeof(RedisAdapterOptions).GetProperties()
            .Concat(typeof(RedisStreamsOptions).GetProperties())
            // The client's options stand there by their own names.
            .Select(property => property.Name).Where(name => name != "Redis");
        Assert.All(names, name => Assert.Contains($"`{name}`", page));
    }

    [Fact]
    public void Every_instrument_is_on_the_page_of_diagnostics()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        var names = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory))
                    names.Add(instrument.Name);
            },
        };
        listener.Start();
        using var metrics = new SocketIOMetrics(factory);
        var page = Page("diagnostics.md");
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", page));
    }

    [Fact]
    public void Every_event_of_the_log_is_on_the_page_of_diagnostics()
    {
        var page = Page("diagnostics.md");
        var ids = typeof(SocketIOEvents).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>().Select(message => message.EventId).ToArray();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.Contains(id.ToString(), page));
    }

    static string Page(string name) =>
        Tree.Files.Single(file => file.Path == "docs/socketio/" + name).Text;
}
