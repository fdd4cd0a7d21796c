using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sluice.SocketIO;

/// <summary>
/// The files of the official client for browsers, served as the official server does it: under
/// their names, compressed, and asked for again each time with the answer "not modified".
/// </summary>
sealed class ClientFiles
{
    static readonly string[] names =
    [
        "socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js",
    ];

    readonly FrozenDictionary<string, ClientFile> files;

    ClientFiles(FrozenDictionary<string, ClientFile> files) => this.files = files;

    /// <summary>Reads the client's files of a folder; others that are there are not served.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">None of the files is in it.</exception>
    public static ClientFiles Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"ClientFolder is \"{folder}\": no such folder");
        var found = names.SelectMany(name => new[] { name, name + ".map" })
            .Select(name => (Name: name, Path: Path.Combine(folder, name)))
            .Where(file => File.Exists(file.Path))
            .ToFrozenDictionary(
                file => file.Name, file => new ClientFile(file.Name, File.ReadAllBytes(file.Path)),
                StringComparer.Ordinal);
        return found.Count > 0
            ? new ClientFiles(found)
            : throw new FileNotFoundException(
                $"ClientFolder is \"{folder}\", which has no socket.io.js or the like");
    }

    /// <summary>Serves a file; null when it is none, which leaves the request to others.</summary>
    public Task? TryServe(HttpContext context, string name) =>
        files.TryGetValue(name, out var file) ? file.ServeAsync(context) : null;

    sealed class ClientFile
    {
        readonly string contentType;
        readonly string tag;
        readonly byte[] plain;
        readonly Lazy<byte[]> brotli;
        readonly Lazy<byte[]> gzip;

        public ClientFile(string name, byte[] bytes)
        {
            contentType = name.EndsWith(".map", StringComparison.Ordinal)
                ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8";
            plain = bytes;
            tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"";
            brotli = new(() => Compress(
                bytes, target => new BrotliStream(target, CompressionLevel.Optimal)));
            gzip = new(() => Compress(
                bytes, target => new GZipStream(target, CompressionLevel.Optimal)));
        }

        public Task ServeAsync(HttpContext context)
        {
            var (request, response) = (context.Request, context.Response);
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                response.Headers.Allow = "GET, HEAD";
                return Task.CompletedTask;
            }

            response.Headers.ETag = tag;
            response.Headers.CacheControl = "public, max-age=0";
            response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
            if (request.GetTypedHeaders().IfNoneMatch.Any(known =>
                known.Tag == tag || known.Equals(EntityTagHeaderValue.Any)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            var (body, encoding) = Takes(request, "br") ? (brotli.Value, "br")
                : Takes(request, "gzip") ? (gzip.Value, "gzip") : (plain, "");
            if (encoding.Length > 0)
                response.Headers.ContentEncoding = encoding;
            response.ContentType = contentType;
            response.ContentLength = body.Length;
            return HttpMethods.IsHead(request.Method)
                ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
        }

        static bool Takes(HttpRequest request, string encoding) =>
            request.GetTypedHeaders().AcceptEncoding.Any(value => value.Quality is not 0
                && value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));

        static byte[] Compress(byte[] bytes, Func<Stream, Stream> open)
        {
            using var compressed = new MemoryStream();
            using (var stream = open(compressed))
                stream.Write(bytes);
            return compressed.ToArray();
        }
    }
}
