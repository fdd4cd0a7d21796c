using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Cli.Nginx;
using Sluice.Net;
using Spectre.Console;

namespace Sluice.Cli.Bench;

/// <summary>
/// <c>sluice bench</c>: a load generator for WebSockets and small requests, and the server it
/// can be pointed at.
/// </summary>
static class BenchCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("url")
        {
            Description = "ws://HOST:PORT/PATH, or http:// with --kind get",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var kind = new Option<LoadKind>("--kind") { Description = "echo, idle, handshake or get" };
        var connections = Number("--connections", "connections that are open at once", 10);
        var inFlight = Number("--in-flight", "messages of a connection on their way at once", 1);
        var size = Number("--size", "bytes of a message", 64);
        var rate = new Option<double>("--rate")
        {
            Description = "messages a second over all connections; 0 is as fast as answers come",
        };
        var duration = Seconds("--duration", "how long is measured", 5);
        var warmup = Seconds("--warmup", "how long the load runs before", 1);
        var header = new Option<string[]>("--header")
        {
            Description = "a line for the handshake or the request: \"Name: value\"",
        };
        var json = new Option<bool>("--json")
        {
            Description = "one JSON object a line: when measuring begins, and the result",
        };
        var serve = new Option<string?>("--serve")
        {
            Description = "ADDRESS:PORT: be the server instead, until Ctrl-C",
        };
        var command = new Command(
            "bench", "Puts a load of WebSockets or requests on a server and measures it.")
        {
            url, kind, connections, inFlight, size, rate, duration, warmup, header, json, serve,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(serve) is { } address)
                return Serve(address);
            if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var target)
                || target.Scheme is not ("ws" or "http"))
                return Refuse("a URL is needed: ws://HOST:PORT/PATH, or http://HOST:PORT/PATH with --kind get");
            var options = new LoadOptions
            {
                Url = target,
                Kind = parsed.GetValue(kind),
                Connections = Math.Max(parsed.GetValue(connections), 1),
                InFlight = Math.Max(parsed.GetValue(inFlight), 1),
                Size = Math.Max(parsed.GetValue(size), 1),
                Rate = parsed.GetValue(rate),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Warmup = TimeSpan.FromSeconds(parsed.GetValue(warmup)),
                Headers = parsed.GetValue(header) ?? [],
            };
            return Measure(options, parsed.GetValue(json));
        });
        return command;
    }

    static int Measure(LoadOptions options, bool asJson)
    {
        using var loop = Loops.Create();
        var load = new Load(options, loop, onMeasuring: () =>
        {
            if (asJson)
                Console.WriteLine("{\"event\":\"measuring\"}");
        });
        var result = load.Run();
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(result, BenchJson.Default.LoadResult));
        else
            Print(options, result);
        return result.Errors == 0 ? 0 : 1;
    }

    static void Print(LoadOptions options, LoadResult result)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("what", "value");
        table.AddRow("connections", $"{result.Connected:N0}");
        table.AddRow(options.Kind switch
        {
            LoadKind.Handshake => "handshakes a second",
            LoadKind.Get => "answers a second",
            _ => "echoes a second",
        }, $"{(result.Seconds > 0 ? result.Count / result.Seconds : 0):N0}");
        table.AddRow("latency p50", $"{result.P50Us:N0} us");
        table.AddRow("latency p99", $"{result.P99Us:N0} us");
        table.AddRow("latency p99.9", $"{result.P999Us:N0} us");
        table.AddRow("latency max", $"{result.MaxUs:N0} us");
        table.AddRow("errors", $"{result.Errors:N0}");
        AnsiConsole.Write(table);
        if (result.FirstError is { } first)
            AnsiConsole.MarkupLineInterpolated($"[red]the first error: {first}[/]");
    }

    static int Serve(string address)
    {
        if (!IPEndPoint.TryParse(address, out var endPoint) || endPoint.Port == 0)
            return Refuse(
                $"--serve {address}: an address with a port is needed, such as 127.0.0.1:9000");
        using var loop = Loops.Create();
        var server = new BenchServer(loop);
        var options = new ListenOptions { Backlog = 4096 };
        if (loop.Listen(new Address(endPoint), options, server, out var error) is null)
            return Refuse($"bind() to {address} failed: {IoResult.Text(error)}");
        Console.CancelKeyPress += (_, stop) =>
        {
            stop.Cancel = true;
            loop.Stop();
        };
        loop.Run();
        return 0;
    }

    static int Refuse(string message)
    {
        Console.Error.WriteLine($"sluice bench: {message}");
        return 2;
    }

    static Option<int> Number(string name, string description, int fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback };

    static Option<double> Seconds(string name, string description, double fallback) =>
        new(name)
        {
            Description = $"{description}, in seconds",
            DefaultValueFactory = _ => fallback,
        };
}

/// <summary>The shape of the results, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadResult))]
sealed partial class BenchJson : JsonSerializerContext;
