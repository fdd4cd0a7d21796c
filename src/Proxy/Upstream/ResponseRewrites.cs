using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Matching;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// proxy_redirect, proxy_cookie_domain and proxy_cookie_path: what is changed in the peer's
/// headers so that it is true in front of the gateway. Source: nginx's documentation of the
/// three directives, ngx_http_proxy_module.c.
/// </summary>
sealed class ResponseRewrites
{
    readonly ImmutableArray<Rule> redirects;
    readonly ImmutableArray<Rule> domains;
    readonly ImmutableArray<Rule> paths;

    internal ResponseRewrites(ProxySettings settings, VariableTable variables)
    {
        redirects = [.. settings.Redirects.Select(
            rule => new Rule(rule.Prefix, rule.Pattern, rule.Replacement, variables))];
        domains = [.. settings.CookieDomains.Select(
            rule => new Rule(rule.Text, rule.Pattern, rule.Replacement, variables))];
        paths = [.. settings.CookiePaths.Select(
            rule => new Rule(rule.Text, rule.Pattern, rule.Replacement, variables))];
    }

    /// <summary>
    /// Appends a Location, its beginning replaced by the first rule that fits; false when none
    /// does, and it is appended as it is.
    /// </summary>
    public bool AppendLocation(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        foreach (var rule in redirects)
        {
            if (rule.TryReplaceStart(x, value, to))
                return true;
        }
        to.Append(value);
        return false;
    }

    /// <summary>As Location, for what follows "url=".</summary>
    public void AppendRefresh(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        var at = IndexOfIgnoreCase(value, "url="u8);
        if (at < 0)
        {
            to.Append(value);
            return;
        }
        to.Append(value[..(at + 4)]);
        AppendLocation(x, value[(at + 4)..], to);
    }

    /// <summary>
    /// Appends a Set-Cookie, its Domain and Path attributes rewritten. One in which nothing is
    /// rewritten stays as it is.
    /// </summary>
    public void AppendCookie(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        var start = to.Length;
        if ((!domains.IsEmpty || !paths.IsEmpty) && TryRewriteCookie(x, value, to))
            return;
        to.Truncate(start);
        to.Append(value);
    }

    /// <summary>
    /// Puts a cookie together anew, one blank before each attribute and none round "="; false when
    /// nothing was rewritten.
    /// </summary>
    bool TryRewriteCookie(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        var isFirst = true;
        var isRewritten = false;
        foreach (var part in value.Split((byte)';'))
        {
            var attribute = value[part];
            var equals = attribute.IndexOf((byte)'=');
            // No name and value: nginx leaves such a line alone.
            if (isFirst && equals < 0)
                return false;
            if (!isFirst)
                to.Append("; "u8);
            var name = (equals < 0 ? attribute : attribute[..equals]).Trim(" \t"u8);
            to.Append(name);
            if (equals >= 0)
            {
                to.Append((byte)'=');
                var content = attribute[(equals + 1)..].Trim(" \t"u8);
                if (!isFirst && TryAttribute(x, name, content, to))
                    isRewritten = true;
                else
                    to.Append(content);
            }
            isFirst = false;
        }
        return isRewritten;
    }

    bool TryAttribute(
        Exchange x, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        if (HeaderText.EqualsIgnoreCase(name, "domain"u8))
            return TryDomain(x, value, to);
        return HeaderText.EqualsIgnoreCase(name, "path"u8) && TryPath(x, value, to);
    }

    bool TryDomain(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        foreach (var rule in domains)
        {
            if (rule.TryReplaceDomain(x, value, to))
                return true;
        }
        return false;
    }

    bool TryPath(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
    {
        foreach (var rule in paths)
        {
            if (rule.TryReplaceStart(x, value, to))
                return true;
        }
        return false;
    }

    static int IndexOfIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
    {
        for (var i = 0; i + part.Length <= text.Length; i++)
        {
            if (HeaderText.EqualsIgnoreCase(text.Slice(i, part.Length), part))
                return i;
        }
        return -1;
    }

    /// <summary>One rule: a text or an expression, and what stands in its place.</summary>
    sealed class Rule(
        Template? text, Pattern? pattern, Template replacement, VariableTable variables)
    {
        readonly CompiledText? text = text is null ? null : variables.Compile(text);
        readonly CompiledText replacement = variables.Compile(replacement);

        /// <summary>
        /// Replaces the text the value begins with, or, where the expression matches, the value.
        /// </summary>
        public bool TryReplaceStart(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
        {
            if (pattern is not null)
                return TryReplaceMatch(x, value, to);
            var start = to.Length;
            text!.Append(x, to);
            var expected = to.From(start);
            var length = expected.Length;
            var fits = value.StartsWith(expected);
            to.Truncate(start);
            if (!fits)
                return false;
            replacement.Append(x, to);
            to.Append(value[length..]);
            return true;
        }

        /// <summary>
        /// Replaces a whole domain. A dot before it does not count for a text, and stays; an
        /// expression sees it.
        /// </summary>
        public bool TryReplaceDomain(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
        {
            if (pattern is not null)
                return TryReplaceMatch(x, value, to);
            var start = to.Length;
            var domain = value is [(byte)'.', ..] ? value[1..] : value;
            to.Append(value[..(value.Length - domain.Length)]);
            var isReplaced = TryReplaceEqual(x, domain, to);
            if (!isReplaced)
                to.Truncate(start);
            return isReplaced;
        }

        bool TryReplaceEqual(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
        {
            var start = to.Length;
            text!.Append(x, to);
            var fits = HeaderText.EqualsIgnoreCase(value, to.From(start));
            to.Truncate(start);
            if (fits)
                replacement.Append(x, to);
            return fits;
        }

        bool TryReplaceMatch(Exchange x, ReadOnlySpan<byte> value, ByteBuilder to)
        {
            var subject = Encoding.Latin1.GetString(value);
            Match match;
            try
            {
                match = pattern!.Regex.Match(subject);
            }
            catch (RegexMatchTimeoutException)
            {
                return false;
            }
            if (!match.Success)
                return false;
            int count = Math.Min(match.Groups.Count, MatchingLimits.GroupsMax);
            Span<GroupRange> groups = stackalloc GroupRange[count];
            for (var i = 0; i < groups.Length; i++)
            {
                var group = match.Groups[i];
                groups[i] = group.Success ? new(group.Index, group.Length) : GroupRange.None;
            }
            x.OnMatch(pattern, value, groups);
            replacement.Append(x, to);
            return true;
        }
    }
}
