global using Sluice.SocketIO;
using System.Text.Json.Serialization;
using Sluice.SocketIO.AdminUI;

namespace Pages;

/// <summary>What the pages take for granted around their snippets. Nothing of it is run.</summary>
public abstract class Frame
{
    protected static readonly string[] args = [];
    protected static readonly WebApplicationBuilder builder = null!;
    protected static readonly WebApplication app = null!;
    protected static readonly ISocketIOServer io = null!;
    protected static readonly INamespace nsp = null!;
    protected static readonly Socket socket = null!;
    protected static readonly SocketIOOptions options = null!;
    protected static readonly AdminUIOptions admin = null!;
    protected static readonly string name = "";
    protected static readonly string id = "";
    protected static readonly object data = "";
    protected static readonly string policy = "";

    /// <summary>An expression or a statement, whatever it gives.</summary>
    protected static void Show(Action statement) => statement.ToString();

    protected static void Show<TResult>(Func<TResult> expression) => expression.ToString();

    protected static void Show(Func<Task> statement) => statement.ToString();

    protected static void Show<TResult>(Func<Task<TResult>> expression) => expression.ToString();
}

/// <summary>The context of an application's own types.</summary>
[JsonSerializable(typeof(string))]
public sealed partial class AppJson : JsonSerializerContext;
