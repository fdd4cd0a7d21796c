using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>server</c> blocks.</summary>
static class ServerReader
{
    /// <summary>Reads a block with everything in it.</summary>
    public static ServerDraft Read(BuildContext build, DirectiveNode node, Level http)
    {
        var server = new ServerDraft(node, http);
        foreach (var child in node.Children)
        {
            server.HasListen |= child.Name == "listen";
            if (!child.IsBroken)
                ReadDirective(build, server, child);
        }

        if (!server.HasListen)
            build.Listens.AddDefault(build, server);
        return server;
    }

    static void ReadDirective(BuildContext build, ServerDraft server, DirectiveNode child)
    {
        if (child.Name == "listen")
            build.Listens.Read(build, server, child);
        else if (child.Name == "server_name")
            ReadNames(build, server, child);
        else if (child.Name == "location")
            LocationReader.Read(build, server.Root, child);
        else if (ServerDirectives.Table.TryGetValue(child.Name, out var setting))
            setting.Read(build, server.Root.Level, child);
        else
            server.Root.Read(build, child);
    }

    static void ReadNames(BuildContext build, ServerDraft server, DirectiveNode node)
    {
        for (int arg = 0; arg < node.Args.Length; arg++)
        {
            if (ReadName(build, node, arg) is not { } name)
                continue;
            server.Names.Add(name);
            server.NameNodes.Add(node);
        }
    }

    static ServerName? ReadName(BuildContext build, DirectiveNode node, int arg)
    {
        string text = node.Arg(arg);
        bool isWrong = text.StartsWith('*') && (text.Length < 3 || text[1] != '.')
            || text.StartsWith('.') && text.Length < 2;
        if (isWrong)
        {
            build.Fail(node, arg, $"server name \"{text}\" is invalid");
            return null;
        }

        if (text.Contains('/'))
            build.Diagnostics.Warn(node, node.Args[arg],
                $"server name \"{text}\" has suspicious symbols", "a name has no path");
        if (text.StartsWith('~'))
            return ReadRegex(build, node, arg, text);

        bool isHost = text.Equals("$hostname", StringComparison.OrdinalIgnoreCase);
        text = (isHost ? build.Environment.HostName : text).ToLowerAscii();
        return new ServerName
        {
            Kind = KindOf(text),
            Text = text,
            Position = BuildContext.PositionOf(node),
        };
    }

    static ServerNameKind KindOf(string text) => text switch
    {
        "" => ServerNameKind.Empty,
        ['.', ..] or ['*', '.', ..] => ServerNameKind.LeadingWildcard,
        [.., '.', '*'] => ServerNameKind.TrailingWildcard,
        _ => ServerNameKind.Exact,
    };

    /// <summary>A capital letter in the expression makes it ignore case.</summary>
    static ServerName? ReadRegex(BuildContext build, DirectiveNode node, int arg, string text)
    {
        if (text.Length == 1)
        {
            build.Fail(node, arg, $"empty regex in server name \"{text}\"");
            return null;
        }

        bool ignoreCase = text.Any(char.IsAsciiLetterUpper);
        if (!build.TryPattern(node, arg, text[1..], ignoreCase, out var pattern))
            return null;
        return new ServerName
        {
            Kind = ServerNameKind.Regex,
            Text = text,
            Pattern = pattern,
            Position = BuildContext.PositionOf(node),
        };
    }
}
