using Sluice.Net.Simulated;

namespace Sluice.Unit.Simulation;

/// <summary>Draws what a run consists of: configurations, requests, paces, networks.</summary>
sealed class RunPlan(Random random, Climate climate)
{
    /// <summary>
    /// Texts that are used again and again: reading and checking one takes longer than a run.
    /// </summary>
    const int TextsCount = 24;

    internal const string SecondFront = "10.1.0.2:80";
    internal const string TakenAddress = "10.9.9.9:80";

    internal static readonly string[] PeerAddresses =
        ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"];

    int asksCount;

    internal string Text() => Text(new Random(random.Next(TextsCount)));

    /// <summary>One that cannot be used: for the reader, or for the network.</summary>
    internal string BrokenText() => random.Next(2) == 0
        ? "server { listen 10.1.0.1:80; nonsense; }"
        : $"server {{ listen {SecondFront}; }} server {{ listen {TakenAddress}; }}";

    internal SimulatedFaults Network()
    {
        int[] sizes = [100, 1000, 8 * 1024, 64 * 1024];
        int least = sizes[random.Next(sizes.Length)];
        return climate.Network with
        {
            PipeBytesMin = least,
            PipeBytesMax = Math.Max(least, sizes[random.Next(sizes.Length)]),
            DelayMsMax = random.Next(3) * 15,
            SlowPipes = random.Next(2) * 0.1,
        };
    }

    internal Pace Pace() => random.Next(6) switch
    {
        0 => new(WriteBytes: 200 + random.Next(500), WritePauseMs: 30),
        1 => new(ReadBytes: 200 + random.Next(2000), ReadPauseMs: 30),
        _ => default,
    };

    internal Mood Mood() => random.NextDouble() < climate.Moods
        ? (Mood)(1 + random.Next((int)Simulation.Mood.StopsSending))
        : Simulation.Mood.Polite;

    internal List<Ask> Asks(int count)
    {
        var asks = new List<Ask>();
        for (int i = 0; i < count; i++)
            asks.Add(random.NextDouble() < climate.Talks ? TalkAsk() : ExchangeAsk());
        return asks;
    }

    Ask TalkAsk()
    {
        int up = Length();
        int down = Length();
        bool isSlow = random.Next(4) == 0;
        (var misdeed, int times) = DrawMisdeed();
        return new Ask
        {
            Id = ++asksCount,
            Place = random.Next(2) == 0 ? "/talk/" : "/auto/",
            AnswerForm = BodyForm.None,
            Talk = new()
            {
                UpCount = up,
                DownCount = down,
                UpEarlyCount = random.Next(3) == 0 ? random.Next(up + 1) : 0,
                DownEarlyCount = random.Next(3) == 0 ? random.Next(down + 1) : 0,
                PieceBytes = isSlow ? 2_000 + random.Next(8_000) : 100 + random.Next(3_000),
                PauseMs = isSlow ? random.Next(2_000) : random.Next(20),
                Farewell = DrawFarewell(),
            },
            Misdeed = misdeed,
            MisdeedTimes = times,
        };
    }

    Ask ExchangeAsk()
    {
        string[] methods = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT"];
        string[] places =
            ["/kept/", "/kept/", "/passed/", "/mixed/", "/plain/", "/again/", "/said/"];
        int[] statuses = [200, 200, 200, 200, 201, 204, 304, 404, 500];
        string method = methods[random.Next(methods.Length)];
        int status = statuses[random.Next(statuses.Length)];
        bool hasBody = method is "POST" or "PUT";
        bool isHttp10 = random.Next(8) == 0;
        var form = !hasBody ? BodyForm.None
            : isHttp10 || random.Next(2) == 0 ? BodyForm.Length : BodyForm.Chunked;
        (var misdeed, int times) = DrawMisdeed();
        return new Ask
        {
            Id = ++asksCount,
            Method = method,
            Place = places[random.Next(places.Length)],
            RequestForm = form,
            RequestLength = hasBody ? Length() : 0,
            IsExpecting = hasBody && !isHttp10 && random.Next(4) == 0,
            IsHttp10 = isHttp10,
            AsksClose = random.Next(10) == 0,
            Status = status,
            AnswerForm = status is 204 or 304 ? BodyForm.None
                : (BodyForm)(1 + random.Next((int)BodyForm.UntilClose)),
            AnswerLength = status is 204 or 304 ? 0 : AnswerLength(),
            InterimCount = isHttp10 ? 0 : random.Next(12) / 10,
            DelayMs = random.Next(3) == 0 ? random.Next(3000) : 0,
            IsEarly = hasBody && random.Next(8) == 0,
            PeerCloses = random.Next(8) == 0,
            Misdeed = misdeed,
            MisdeedTimes = times,
        };
    }

    (Misdeed Misdeed, int Times) DrawMisdeed()
    {
        if (random.NextDouble() >= climate.Misdeeds)
            return (Misdeed.None, 0);
        var any = (Misdeed)(1 + random.Next((int)Misdeed.ResetWithinBody));
        return (climate.OnlyMisdeed ?? any, 1 + random.Next(3));
    }

    Farewell DrawFarewell()
    {
        if (climate.IsStrict)
            return (Farewell)random.Next((int)Farewell.PeerFirst + 1);
        return (Farewell)random.Next((int)Farewell.Nobody + 1);
    }

    /// <summary>Now and then more than the gateway may hold.</summary>
    int AnswerLength() =>
        random.Next(60) == 0 ? 300_000 + random.Next(500_000) : Length();

    /// <summary>Mostly short, seldom more than any buffer holds.</summary>
    int Length() => random.Next(20) switch
    {
        0 => 0,
        1 => random.Next(120_000),
        < 5 => random.Next(20_000),
        _ => random.Next(2_000),
    };

    string Text(Random own)
    {
        string[] methods = ["", "least_conn;", "ip_hash;", "hash $request_uri;", "random two;"];
        string[] next =
        [
            "", "proxy_next_upstream error timeout non_idempotent;",
            "proxy_next_upstream error timeout invalid_header http_503;",
        ];
        string[] buffers = ["", "proxy_buffer_size 1k; proxy_buffers 4 1k;"];
        int peers = 1 + own.Next(PeerAddresses.Length);
        string maxFails = own.Next(2) == 0 ? "max_fails=0" : "fail_timeout=2s";
        var servers = PeerAddresses.Take(peers).Select(address => $"server {address} {maxFails};");
        string second = own.Next(2) == 0 ? $"listen {SecondFront};" : "";
        string timeouts = climate.IsImpatient
            ? """
                client_header_timeout 5s; client_body_timeout 5s; send_timeout 5s;
                keepalive_timeout 5s; proxy_connect_timeout 5s; proxy_send_timeout 5s;
                proxy_read_timeout 5s;
                """
            : own.Next(3) == 0 ? "keepalive_timeout 1s;" : "";
        return $$"""
            map $http_upgrade $upgrade_or_close { default upgrade; '' ''; }
            upstream pool {
                {{methods[own.Next(methods.Length)]}}
                {{string.Join('\n', servers)}}
                keepalive {{own.Next(4)}};
            }
            server {
                listen {{SimulatedGateway.Front}};
                {{second}}
                {{timeouts}}
                {{next[own.Next(next.Length)]}}
                {{buffers[own.Next(buffers.Length)]}}
                keepalive_requests {{2 + own.Next(6)}};
                client_max_body_size {{Ask.BodyBytesMax}};
                client_body_buffer_size {{1 + own.Next(16)}}k;
                lingering_close {{(climate.Moods == 0 ? "always" : "on")}};
                reset_timedout_connection {{(own.Next(2) == 0 ? "on" : "off")}};
                proxy_ignore_client_abort {{(own.Next(4) == 0 ? "on" : "off")}};
                location /kept/ { proxy_pass http://pool; }
                location /passed/ {
                    proxy_request_buffering off;
                    proxy_buffering off;
                    proxy_pass http://pool;
                }
                location /mixed/ { proxy_request_buffering off; proxy_pass http://pool; }
                location /plain/ { proxy_buffering off; proxy_pass http://pool; }
                location /talk/ {
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $upgrade_or_close;
                    proxy_pass http://pool;
                }
                location /auto/ { proxy_pass http://pool; }
                location /again/ {
                    proxy_intercept_errors on;
                    error_page 404 500 502 504 = @again;
                    proxy_pass http://pool;
                }
                location @again { proxy_pass http://pool; }
                location /said/ { return 200 said; }
            }
            """;
    }
}
