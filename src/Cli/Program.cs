using System.Runtime.CompilerServices;
using Sluice.Cli;
using Sluice.Cli.Nginx;

Daemon.Recognise();
return args.Length > 0 && Subcommands.IsOne(args[0]) ? RunSubcommand(args) : NginxCommand.Run(args);

// Apart, so that the libraries of the subcommands are not loaded before Main runs.
[MethodImpl(MethodImplOptions.NoInlining)]
static int RunSubcommand(string[] args) => Subcommands.Run(args);
