using System.Text;
using Microsoft.CodeAnalysis;

namespace Sluice.SocketIO.Generators;

/// <summary>
/// Types as the library's JSON has them: names in camelCase, enumerations as numbers, bytes as
/// attachments. What a converter of the application's own writes is unknown.
/// </summary>
sealed class TypeScriptTypes
{
    const string Bytes = "Bytes";
    const string Json = "System.Text.Json.Serialization.";

    static readonly Dictionary<string, string> known = new(StringComparer.Ordinal)
    {
        ["System.Guid"] = "string", ["System.DateTimeOffset"] = "string",
        ["System.TimeSpan"] = "string", ["System.DateOnly"] = "string",
        ["System.TimeOnly"] = "string", ["System.Uri"] = "string", ["System.Version"] = "string",
        ["System.Half"] = "number", ["System.Int128"] = "number", ["System.UInt128"] = "number",
        ["System.Text.Json.Nodes.JsonObject"] = "Record<string, unknown>",
        ["System.Text.Json.Nodes.JsonArray"] = "unknown[]",
        ["System.Text.Json.Nodes.JsonNode"] = "unknown",
        ["System.Text.Json.Nodes.JsonValue"] = "unknown",
        ["System.Text.Json.JsonElement"] = "unknown",
        ["System.Text.Json.JsonDocument"] = "unknown",
        ["Sluice.SocketIO.Protocol.Argument"] = "unknown",
    };

    /// <summary>Words of TypeScript that C# lets an argument be called.</summary>
    static readonly HashSet<string> words = new(StringComparer.Ordinal)
    {
        "delete", "export", "extends", "function", "import", "instanceof", "super", "typeof",
        "var", "with", "ack", "args", "new", "this", "in", "for", "if", "else", "do", "while",
        "switch", "case", "default", "break", "continue", "return", "try", "catch", "finally",
        "throw", "class", "const", "enum", "null", "true", "false", "void",
    };

    readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    readonly HashSet<string> taken = new(StringComparer.Ordinal) { "SocketEvents", Bytes };
    readonly SortedDictionary<string, string> declared = new(StringComparer.Ordinal);
    bool usesBytes;

    /// <summary>A name that no other type has: the second of one name is numbered.</summary>
    public string Reserve(ITypeSymbol type, string wanted)
    {
        string key = Symbols.Name(type);
        if (names.TryGetValue(key, out string name))
        {
            return name;
        }
        name = wanted;
        for (int number = 2; !taken.Add(name); number++)
        {
            name = wanted + number;
        }
        return names[key] = name;
    }

    /// <summary>A type where it is used. What it is made of is declared.</summary>
    public string Of(ITypeSymbol type)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            return OrNull(Of(((INamedTypeSymbol)type).TypeArguments[0]));
        }
        string name = Plain(type);
        return type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated
            ? OrNull(name) : name;
    }

    /// <summary>All types that were used, by their names.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        if (usesBytes)
        {
            text.Append("/** An attachment: a Buffer in Node.js, an ArrayBuffer in browsers. */\n")
                .Append($"export type {Bytes} = ArrayBuffer | Uint8Array;\n\n");
        }
        foreach (var one in declared)
        {
            text.Append(one.Value).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The name of a property: quoted where it must be.</summary>
    public static string Key(string name) => IsIdentifier(name) ? name : Text(name);

    /// <summary>The name of an argument.</summary>
    public static string Name(string name) =>
        !IsIdentifier(name) ? "argument" : words.Contains(name) ? name + "_" : name;

    public static string Text(string text)
    {
        var result = new StringBuilder("'");
        foreach (char c in text)
        {
            result.Append(
                c is '\'' or '\\' ? $"\\{c}" : c is < ' ' or > '~' ? $"\\u{(int)c:x4}" : $"{c}");
        }
        return result.Append('\'').ToString();
    }

    string Plain(ITypeSymbol type)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean:
                return "boolean";
            case SpecialType.System_String or SpecialType.System_Char
                or SpecialType.System_DateTime:
                return "string";
            case >= SpecialType.System_SByte and <= SpecialType.System_Double:
                return "number";
            case SpecialType.System_Object:
                return "unknown";
        }
        if (IsBytes(type))
        {
            usesBytes = true;
            return Bytes;
        }
        if (type is IArrayTypeSymbol array)
        {
            return Many(array.ElementType);
        }
        if (type is not INamedTypeSymbol named)
        {
            return "unknown";
        }
        if (known.TryGetValue(FullName(named), out string name))
        {
            return name;
        }
        if (Converter(named) is { } converted)
        {
            return converted;
        }
        if (type.TypeKind == TypeKind.Enum)
        {
            return Declare(named, () => "number;");
        }
        if ((Implemented(named, "System.Collections.Generic.IDictionary", 2)
            ?? Implemented(named, "System.Collections.Generic.IReadOnlyDictionary", 2))
            is { } dictionary)
        {
            return $"Record<string, {Of(dictionary.TypeArguments[1])}>";
        }
        if (Implemented(named, "System.Collections.Generic.IEnumerable", 1) is { } list)
        {
            return Many(list.TypeArguments[0]);
        }
        return named.IsTupleType || type.TypeKind == TypeKind.Delegate
            || FullName(named).StartsWith("System.", StringComparison.Ordinal)
            ? "unknown" : Declare(named, () => Members(named));
    }

    string Many(ITypeSymbol item)
    {
        string name = Of(item);
        return name.Contains(' ') ? $"({name})[]" : name + "[]";
    }

    static string OrNull(string name) =>
        name is "unknown" || name.EndsWith(" | null", StringComparison.Ordinal)
            ? name : name + " | null";

    /// <summary>Names first, as a type may be a part of itself.</summary>
    string Declare(INamedTypeSymbol type, Func<string> body)
    {
        string wanted = type.Name + string.Concat(type.TypeArguments.Select(one => one.Name));
        bool isNew = !names.ContainsKey(Symbols.Name(type));
        string name = Reserve(type, wanted);
        if (isNew)
        {
            string text = body();
            declared[name] = text.StartsWith("{", StringComparison.Ordinal)
                ? $"export interface {name} {text}\n" : $"export type {name} = {text}\n";
        }
        return name;
    }

    /// <summary>What is read and written: public properties, those of base types first.</summary>
    string Members(INamedTypeSymbol type)
    {
        var chain = new Stack<INamedTypeSymbol>();
        for (var one = type; one is { SpecialType: SpecialType.None }; one = one.BaseType!)
        {
            chain.Push(one);
        }
        var bases = type.TypeKind == TypeKind.Interface ? type.AllInterfaces.AsEnumerable() : [];
        var properties = bases.Concat(chain)
            .SelectMany(one => one.GetMembers().OfType<IPropertySymbol>())
            .Where(one => one is
            {
                DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsIndexer: false,
                GetMethod: not null,
            } && Attribute(one, "JsonIgnoreAttribute") is null
                && Attribute(one, "JsonExtensionDataAttribute") is null);
        var text = new StringBuilder("{\n");
        foreach (var property in properties.GroupBy(one => one.Name).Select(same => same.Last()))
        {
            string name = Attribute(property, "JsonPropertyNameAttribute")
                ?.ConstructorArguments.FirstOrDefault().Value as string ?? Camel(property.Name);
            string of = Attribute(property, "JsonConverterAttribute") is null
                ? Of(property.Type) : "unknown";
            text.Append($"  {Key(name)}: {of};\n");
        }
        return text.Append('}').ToString();
    }

    /// <summary>Null where the type has none.</summary>
    string? Converter(INamedTypeSymbol type)
    {
        if (Attribute(type, "JsonConverterAttribute") is not { } attribute)
        {
            return null;
        }
        bool isNames = type.TypeKind == TypeKind.Enum
            && (attribute.ConstructorArguments.FirstOrDefault().Value as ITypeSymbol)?.Name
                is "JsonStringEnumConverter";
        return !isNames ? "unknown" : Declare(type, () => string.Join(
            " | ", type.GetMembers().OfType<IFieldSymbol>().Where(one => one.HasConstantValue)
                .Select(one => Text(one.Name))) + ";");
    }

    static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(
            one => Symbols.Is(one.AttributeClass, Json + name));

    static bool IsBytes(ITypeSymbol type) =>
        type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte }
        || (type is INamedTypeSymbol { Arity: 1 } named
            && FullName(named) is "System.Memory" or "System.ReadOnlyMemory"
            && named.TypeArguments[0].SpecialType == SpecialType.System_Byte);

    static INamedTypeSymbol? Implemented(INamedTypeSymbol type, string name, int arity) =>
        type.AllInterfaces.Prepend(type).FirstOrDefault(
            one => one.Arity == arity && FullName(one) == name);

    static string FullName(INamedTypeSymbol type) =>
        $"{type.ContainingNamespace?.ToDisplayString()}.{type.Name}";

    /// <summary>As JsonNamingPolicy.CamelCase: a word of capitals gets small as a whole.</summary>
    static string Camel(string name)
    {
        var letters = name.ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))
            {
                break;
            }
            letters[i] = char.ToLowerInvariant(letters[i]);
        }
        return new string(letters);
    }

    static bool IsIdentifier(string name) => name.Length > 0 && !char.IsDigit(name[0])
        && name.All(c => c is '_' or '$' || (c < 128 && char.IsLetterOrDigit(c)));
}
