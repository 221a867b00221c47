// Seven letters, seven rows each.
using System.Numerics;

namespace Samples.FrameBuffer;

internal static class PixelFont
{
    private static readonly Dictionary<char, string[]> Glyphs = new()
    {
        ['D'] = ["####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."],
        ['K'] = ["#...#", "#..#.", "#.#..", "##...", "#.#..", "#..#.", "#...#"],
        ['e'] = [".....", ".....", ".###.", "#...#", "#####", "#....", ".###."],
        ['i'] = ["#", ".", "#", "#", "#", "#", "#"],
        ['r'] = ["....", "....", "#.##", "##..", "#...", "#...", "#..."],
        ['t'] = [".#..", ".#..", "####", ".#..", ".#..", ".#..", "..##"],
        ['v'] = [".....", ".....", "#...#", "#...#", "#...#", ".#.#.", "..#.."],
    };

    public static void Write(Canvas canvas, string text, int left, int top, int scale, Vector3 color)
    {
        foreach (char letter in text)
        {
            string[] rows = Glyphs[letter];
            Draw(canvas, rows, left + 1, top + 2, scale, Vector3.Zero, 0.45f);
            Draw(canvas, rows, left, top, scale, color, 1);
            left += (rows[0].Length + 1) * scale;
        }
    }

    private static void Draw(Canvas canvas, string[] rows, int left, int top, int scale, Vector3 color, float amount)
    {
        for (int y = 0; y < rows.Length * scale; y++)
        {
            for (int x = 0; x < rows[0].Length * scale; x++)
            {
                if (rows[y / scale][x / scale] == '#')
                    canvas.Blend(left + x, top + y, color, amount);
            }
        }
    }
}
