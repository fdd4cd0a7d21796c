using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Sluice.Config.Model;
using Sluice.Config.Text;
using Sluice.Proxy;

namespace Sluice.Cli.Nginx;

/// <summary>
/// A gateway that serves until it is told to end: its pid file and its signals. Signals arrive on
/// threads of the runtime's; they become orders, which the main thread carries out one by one.
/// </summary>
/// <param name="load">Reads the configuration again, for a reload.</param>
internal sealed class Service(Func<Configuration> load)
{
    /// <summary>
    /// As nginx does: a predecessor that is just ending may still hold an address.
    /// </summary>
    const int BindTries = 5;

    const int BindPauseMs = 500;

    enum Order
    {
        /// <summary>HUP.</summary>
        Reload,

        /// <summary>USR1.</summary>
        Reopen,

        /// <summary>QUIT.</summary>
        Drain,

        /// <summary>TERM and INT.</summary>
        Stop,

        /// <summary>USR2 and WINCH, which mean something to a master process only.</summary>
        Ignore,

        /// <summary>The last worker has ended.</summary>
        End,
    }

    readonly BlockingCollection<(Order Order, string Cause)> orders = [];
    readonly List<PosixSignalRegistration> registrations = [];

    /// <summary>Serves; the exit code.</summary>
    public int Run(MainConfig config)
    {
        // Before anybody can connect: who sees the port open may send a signal at once.
        ListenForSignals();
        // The loops of the gateway go by the limit that they find.
        int errno = ProcessSettings.Apply(config);
        if (Start(config) is not { } gateway)
        {
            return 1;
        }
        using (gateway)
        {
            var pidFile = PidFile.Create(config.PidPath, out string error);
            if (pidFile is null)
            {
                StandardStreams.Log("emerg", error);
                gateway.Stop();
                gateway.Wait();
                return 1;
            }
            ProcessSettings.Report(config, errno, gateway.Snapshot.MainErrors);
            Announce(gateway);
            if (Daemon.IsChild)
            {
                Daemon.ReportReady();
            }
            new Thread(() => WaitFor(gateway)) { Name = "end", IsBackground = true }.Start();
            pidFile = Serve(gateway, pidFile);
            if (pidFile.Delete() is { } undeleted)
            {
                StandardStreams.Log("alert", undeleted);
            }
            return 0;
        }
    }

    static Gateway? Start(MainConfig config)
    {
        for (int i = 1; ; i++)
        {
            var options = new GatewayOptions { MakeLoop = Loops.Create };
            var gateway = Gateway.Start(config, options, out string? failure);
            if (gateway is not null)
            {
                return gateway;
            }
            StandardStreams.Log("emerg", failure!);
            bool isInUse = failure!.Contains("(98:", StringComparison.Ordinal);
            if (!isInUse || i == BindTries)
            {
                if (isInUse)
                {
                    StandardStreams.Log("emerg", "still could not bind()");
                }
                if (HintFor(failure) is { } hint)
                {
                    StandardStreams.Hint(hint);
                }
                return null;
            }
            Thread.Sleep(BindPauseMs);
        }
    }

    /// <summary>What to do about an address that could not be had.</summary>
    static string? HintFor(string failure)
    {
        if (!failure.StartsWith("bind()", StringComparison.Ordinal))
        {
            return null;
        }
        return failure.Contains("(98:", StringComparison.Ordinal)
                ? "ss -ltnp shows which process has it"
            : failure.Contains("(13:", StringComparison.Ordinal)
                ? "a port below 1024 takes root, or CAP_NET_BIND_SERVICE"
            : failure.Contains("(99:", StringComparison.Ordinal)
                ? "no interface of this machine has this address"
            : null;
    }

    /// <summary>nginx's notices of a start, which tell a log's reader what began here.</summary>
    static void Announce(Gateway gateway)
    {
        var log = gateway.Snapshot.MainErrors;
        string method = gateway.Workers[0].Loop.Name;
        log.Write(LogLevel.Notice, $"using the \"{method}\" event method");
        string version = $"nginx/{NginxVersion.Number} (sluice/{NginxTexts.SluiceVersion})";
        log.Write(LogLevel.Notice, version);
    }

    void ListenForSignals()
    {
        if (!OperatingSystem.IsWindows())
        {
            Array.ForEach(
                [Posix.Hup, Posix.Interrupt, Posix.Quit, Posix.Term], Posix.EndIgnoring);
        }
        On((int)PosixSignal.SIGHUP, Order.Reload, "signal 1 (SIGHUP) received, reconfiguring");
        On((int)PosixSignal.SIGQUIT, Order.Drain, "signal 3 (SIGQUIT) received, shutting down");
        On((int)PosixSignal.SIGTERM, Order.Stop, "signal 15 (SIGTERM) received, exiting");
        On((int)PosixSignal.SIGINT, Order.Stop, "signal 2 (SIGINT) received, exiting");
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        On(Posix.Usr1, Order.Reopen, "signal (SIGUSR1) received, reopening logs");
        On(Posix.Usr2, Order.Ignore, "signal (SIGUSR2) received, ignored: one process, no upgrade");
        if (Daemon.IsChild)
        {
            // In a terminal this one tells of a new size of its window.
            On((int)PosixSignal.SIGWINCH, Order.Ignore, "signal (SIGWINCH) received, ignored");
        }
    }

    void On(int signal, Order order, string cause) => registrations.Add(
        PosixSignalRegistration.Create((PosixSignal)signal, context =>
        {
            context.Cancel = true;
            orders.Add((order, cause));
        }));

    void WaitFor(Gateway gateway)
    {
        gateway.Wait();
        orders.Add((Order.End, ""));
    }

    /// <summary>Carries out orders until the gateway has ended; the pid file to remove.</summary>
    PidFile Serve(Gateway gateway, PidFile pidFile)
    {
        foreach (var (order, cause) in orders.GetConsumingEnumerable())
        {
            if (order == Order.End)
            {
                break;
            }
            gateway.Snapshot.MainErrors.Write(LogLevel.Notice, cause);
            switch (order)
            {
                case Order.Reload:
                    pidFile = Reload(gateway, pidFile);
                    break;
                case Order.Reopen:
                    gateway.ReopenLogs();
                    break;
                case Order.Drain:
                    gateway.Drain();
                    break;
                case Order.Stop:
                    gateway.Stop();
                    break;
            }
        }
        return pidFile;
    }

    /// <summary>A configuration with an error changes nothing, and the error log says why.</summary>
    PidFile Reload(Gateway gateway, PidFile pidFile)
    {
        var configuration = load();
        var log = gateway.Snapshot.MainErrors;
        foreach (var diagnostic in configuration.Diagnostics)
        {
            log.Write(LevelOf(diagnostic.Severity), diagnostic.Message);
        }
        if (configuration.Config is not { } config)
        {
            return pidFile;
        }
        if (gateway.Reload(config) is { } failure)
        {
            log.Write(LogLevel.Emerg, failure);
            return pidFile;
        }
        log = gateway.Snapshot.MainErrors;
        ProcessSettings.Report(config, ProcessSettings.Apply(config), log);
        gateway.ReadDescriptorLimit();
        log.Write(LogLevel.Notice, "reconfigured");
        return pidFile.Path == config.PidPath ? pidFile : Move(pidFile, config.PidPath, log);
    }

    static PidFile Move(PidFile pidFile, string path, Proxy.Log.ErrorLog log)
    {
        if (PidFile.Create(path, out string error) is not { } moved)
        {
            log.Write(LogLevel.Emerg, error);
            return pidFile;
        }
        if (pidFile.Delete() is { } undeleted)
        {
            log.Write(LogLevel.Alert, undeleted);
        }
        return moved;
    }

    static LogLevel LevelOf(Severity severity) => severity switch
    {
        Severity.Emerg => LogLevel.Emerg,
        Severity.Crit => LogLevel.Crit,
        Severity.Warn => LogLevel.Warn,
        _ => LogLevel.Notice,
    };
}
