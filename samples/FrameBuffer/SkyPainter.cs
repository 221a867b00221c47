// The first program: an evening sky, stars, and a setting sun.
using System.Numerics;

namespace Samples.FrameBuffer;

public static class SkyPainter
{
    private static readonly Vector3[] Dusk =
        [new(0.05f, 0.05f, 0.18f), new(0.20f, 0.13f, 0.40f), new(0.62f, 0.25f, 0.46f), new(0.95f, 0.50f, 0.32f), new(1.00f, 0.80f, 0.48f)];

    private static readonly Vector3 Sun = new(1.00f, 0.93f, 0.72f), Glow = new(1.00f, 0.66f, 0.36f);

    public static void Paint(Canvas canvas)
    {
        float horizon = canvas.Height * 0.70f;
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
                canvas[x, y] = Canvas.Pack(At(Dusk, y / horizon));
        }

        PaintStars(canvas, count: 70, (int)(horizon * 0.55f));
        PaintSun(canvas, new(canvas.Width * 0.68f, horizon * 0.80f), radius: 24);
    }

    private static void PaintStars(Canvas canvas, int count, int lowest)
    {
        uint random = 2463534242;
        for (int star = 0; star < count; star++)
        {
            int x = (int)(Next() % (uint)canvas.Width), y = (int)(Next() % (uint)lowest);
            canvas.Blend(x, y, Vector3.One, (0.25f + Next() % 64 / 85f) * (1 - (float)y / lowest));
        }

        uint Next()
        {
            random ^= random << 13;
            random ^= random >> 17;
            return random ^= random << 5;
        }
    }

    private static void PaintSun(Canvas canvas, Vector2 center, float radius)
    {
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
            {
                float distance = Vector2.Distance(center, new(x, y));
                canvas.Blend(x, y, Glow, 0.75f * MathF.Exp(-MathF.Max(distance - radius, 0) / (radius * 1.1f)));
                canvas.Blend(x, y, Sun, radius + 0.5f - distance);
            }
        }
    }

    private static Vector3 At(Vector3[] colors, float place)
    {
        float scaled = Math.Clamp(place, 0, 1) * (colors.Length - 1);
        int first = Math.Min((int)scaled, colors.Length - 2);
        return Vector3.Lerp(colors[first], colors[first + 1], scaled - first);
    }
}
