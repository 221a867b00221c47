// The second program: mountains, a lake that mirrors whatever it finds in the frame buffer, be it drawn by whom it may, and a sign.
using System.Numerics;

namespace Samples.FrameBuffer;

public static class LandPainter
{
    private static readonly Vector3 Far = new(0.34f, 0.20f, 0.40f), Near = new(0.13f, 0.09f, 0.22f), Water = new(0.08f, 0.10f, 0.26f);

    public static void Paint(Canvas canvas)
    {
        int shore = canvas.Height * 7 / 10;
        PaintRidge(canvas, shore, Far, x => 20 + Wave(x, 23, 12) + Wave(x, 9, 7) + Wave(x, 3.7f, 3));
        PaintRidge(canvas, shore, Near, x => 34 * MathF.Exp(-MathF.Pow((x - 62) / 46f, 2)) + Wave(x, 7, 5) + Wave(x, 2.9f, 2));
        PaintLake(canvas, shore);
        PixelFont.Write(canvas, "DriverKit", 20, 20, scale: 4, new(1.00f, 0.95f, 0.86f));
    }

    private static float Wave(int x, float length, float height) => height * MathF.Sin(x / length + 1);

    private static void PaintRidge(Canvas canvas, int shore, Vector3 color, Func<int, float> heightAt)
    {
        for (int x = 0; x < canvas.Width; x++)
        {
            float top = shore - heightAt(x);
            for (int y = Math.Max((int)top, 0); y < shore; y++)
                canvas.Blend(x, y, color, y + 1 - top);
        }
    }

    private static void PaintLake(Canvas canvas, int shore)
    {
        for (int y = shore; y < canvas.Height; y++)
        {
            float depth = (float)(y - shore) / (canvas.Height - shore);
            int mirrored = shore - 1 - (int)((y - shore) * 1.4f);
            int ripple = (int)MathF.Round(MathF.Sin(y * 1.9f + depth * 9) * (0.6f + 4 * depth));
            for (int x = 0; x < canvas.Width; x++)
            {
                uint seen = canvas[Math.Clamp(x + ripple, 0, canvas.Width - 1), mirrored];
                canvas[x, y] = Canvas.Pack(Vector3.Lerp(Canvas.Unpack(seen), Water, 0.22f + 0.45f * depth));
            }
        }
    }
}
