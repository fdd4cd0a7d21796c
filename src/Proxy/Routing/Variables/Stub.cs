using Sluice.Config.Model;
using Sluice.Config.Syntax;

namespace Sluice.Proxy.Routing.Variables;

public sealed class CompiledText(Template template)
{
    public bool IsConstant => template.IsConstant;
    public string Constant => template.Source;
    public void Append(Exchange x, ByteBuilder to)
    {
        foreach (var part in template.Parts)
        {
            if (part.Kind == TemplatePartKind.Literal) to.AppendLatin1(part.Text);
            else if (part.Text == "http_upgrade") to.Append(x.Head.Value(x.HeadBuffer, Http1.KnownHeader.Upgrade));
            else if (part.Text == "host") to.Append(x.Head.HostName);
        }
    }
}

public sealed class VariableTable(MainConfig config)
{
    public int SlotCount => config.Http?.SetVariables.Length ?? 0;
    public CompiledText Compile(Template template) => new(template);
    public int SlotOf(string name) => 0;
}
