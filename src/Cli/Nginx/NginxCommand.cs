using Sluice.Config.Model;
using Sluice.Proxy;
using Sluice.Proxy.Log;

namespace Sluice.Cli.Nginx;

/// <summary>
/// What the executable does with nginx's command line:
///   1 options → 2 version or help → 3 configuration → 4 test, signal or serve
/// </summary>
internal static class NginxCommand
{
    public static int Run(string[] arguments)
    {
        if (NginxOptions.Parse(arguments, out string mistake) is not { } options)       // 1
        {
            StandardStreams.Say(StandardStreams.ToBytes(mistake));
            return 1;
        }
        if (options.ShowVersion)                                                        // 2
        {
            ShowVersion(options);
            if (!options.Test)
            {
                return 0;
            }
        }
        if (Loops.Mistake is { } noLoop)
        {
            StandardStreams.Log("emerg", noLoop);
            return 1;
        }
        var paths = NginxPaths.From(options);
        var configuration = Configuration.Load(paths, options.Directives);              // 3
        if (options.Test)                                                               // 4
        {
            return Test(options, paths, configuration);
        }
        if (configuration.Config is not { } config)
        {
            configuration.Report(withNotices: false);
            return 1;
        }
        if (options.Signal != ControlSignal.None)
        {
            return Control.Send(options.Signal, config.PidPath, paths.ErrorLog);
        }
        if (config.Daemon && !Daemon.IsChild)
        {
            return Daemon.Start(arguments);
        }
        configuration.Report(withNotices: true);
        return new Service(() => Configuration.Load(paths, options.Directives)).Run(config);
    }

    static void ShowVersion(NginxOptions options)
    {
        StandardStreams.Error(NginxTexts.Version);
        if (options.ShowHelp)
        {
            StandardStreams.Error(NginxTexts.Help);
        }
        if (options.ShowConfigure)
        {
            StandardStreams.Error(NginxTexts.Configure);
        }
    }

    /// <summary><c>-t</c> and <c>-T</c>: the configuration, then what it opens and binds.</summary>
    static int Test(NginxOptions options, NginxPaths paths, Configuration configuration)
    {
        string file = StandardStreams.ToBytes(paths.ConfigFile);
        configuration.ReportReading(withNotices: !options.Quiet);
        if (configuration.IsSyntaxGood && !options.Quiet)
        {
            StandardStreams.Say($"the configuration file {file} syntax is ok");
        }
        configuration.ReportRest();
        if (configuration.Config is not { } config)
        {
            StandardStreams.Say($"configuration file {file} test failed");
            return 1;
        }
        if (WhatCannotBeOpened(config) is { } failure)
        {
            StandardStreams.Log("emerg", failure);
            StandardStreams.Say($"configuration file {file} test failed");
            return 1;
        }
        if (!options.Quiet)
        {
            StandardStreams.Say($"configuration file {file} test is successful");
        }
        if (options.Dump)
        {
            foreach (var (path, text) in config.Files)
            {
                StandardStreams.Output($"# configuration file {path}:\n{text}\n");
            }
        }
        return 0;
    }

    static string? WhatCannotBeOpened(MainConfig config)
    {
        if (PidFile.Test(config.PidPath) is { } noPid)
        {
            return noPid;
        }
        using var writer = new LogWriter(new FileLogStorage());
        var files = LogFiles.Open(config, writer, out var failure);
        files?.Release();
        return failure?.Message ?? Gateway.TestAddresses(config, Loops.Create);
    }
}
