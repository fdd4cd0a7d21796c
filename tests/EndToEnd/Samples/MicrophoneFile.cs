using System.Text;

namespace Sluice.EndToEnd.Samples;

/// <summary>What Chromium hears instead of a microphone, and the ear of the page.</summary>
static class MicrophoneFile
{
    /// <summary>In hertz; where voices are, so that no filter of the browser takes it for noise.</summary>
    public const int Pitch = 300;

    const int sampleRate = 48_000;

    /// <summary>
    /// To be run before the page connects: keeps the samples that go up and come down, and counts
    /// the swings of a loud second of them.
    /// </summary>
    public const string Listen = """
        window.up = [];
        window.down = [];
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) {
          if (typeof data !== 'string') up.push(...data);
          send.call(this, data);
        };
        window.WebSocket = class extends WebSocket {
          constructor(url) {
            super(url);
            this.addEventListener('message', ({ data }) =>
              typeof data === 'string' || down.push(...new Int16Array(data)));
          }
        };
        window.pitch = samples => {
          let swings = 0, loud = 0, isHigh = false;
          for (let at = 0; at + 320 <= samples.length; at += 320) {
            const frame = samples.slice(at, at + 320);
            const peak = Math.max(...frame.map(Math.abs));
            if (peak < 1000) continue;
            loud += 320;
            for (const sample of frame) {
              if (!isHigh && sample > peak / 3) swings++;
              isHigh = isHigh ? sample > -peak / 3 : sample > peak / 3;
            }
          }
          return loud && swings * 16000 / loud;
        };
        0
        """;

    /// <summary>
    /// Two seconds as a WAV file, which Chromium repeats: a tone with short pauses, as speech has
    /// them.
    /// </summary>
    public static byte[] Write()
    {
        const int samples = 2 * sampleRate;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write(Encoding.ASCII.GetBytes("RIFF"));
        writer.Write(36 + (2 * samples));
        writer.Write(Encoding.ASCII.GetBytes("WAVEfmt "));
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(sampleRate);
        writer.Write(2 * sampleRate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write(Encoding.ASCII.GetBytes("data"));
        writer.Write(2 * samples);
        for (var at = 0; at < samples; at++)
        {
            var isPause = at % (sampleRate / 2) >= sampleRate * 4 / 10;
            writer.Write((short)(isPause
                ? 0 : 16_000 * Math.Sin(2 * Math.PI * Pitch * at / sampleRate)));
        }
        return file.ToArray();
    }
}
