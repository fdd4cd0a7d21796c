using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>expires</c>.</summary>
static class ExpiresReader
{
    public static bool Read(BuildContext build, DirectiveNode node, out ExpiresValue value)
    {
        value = default;
        bool isModified = node.Args.Length == 2;
        if (isModified && node.Arg(0) != "modified")
            return build.Fail(node, 0, "\"expires\" directive invalid value");

        int arg = node.Args.Length - 1;
        if (!build.TryTemplate(node, arg, out var template))
            return false;

        var position = BuildContext.PositionOf(node);
        if (!template.IsConstant)
        {
            var expires = new Expires(ExpiresKind.Variable, 0, template, position)
            {
                IsModified = isModified,
            };
            value = new ExpiresValue(expires);
            return true;
        }

        string? error = Expires.Parse(node.Arg(arg), isModified, out var kind, out long seconds);
        if (error is not null)
            return build.Fail(node, arg, $"\"expires\" directive {error}");
        if (kind is { } known)
            value = new ExpiresValue(new Expires(known, seconds, null, position));
        return true;
    }
}
