// Two processes draw one picture, each through its own mapping of the display's memory; the result is framebuffer.png.
using Samples.FrameBuffer;

string path = args.Length > 0 ? args[0] : "framebuffer.png";
using var kernel = Kernel.Boot();
var display = new Display();
display.PlugInto(kernel);
kernel.InsertModule(new FrameBufferModule());

UserProcess sky = kernel.CreateProcess("sky"), land = kernel.CreateProcess("land");
var skyCanvas = new Canvas(sky);
var landCanvas = new Canvas(land);

SkyPainter.Paint(skyCanvas);
skyCanvas.Present();
bool landSeesSky = Same(landCanvas, skyCanvas);

LandPainter.Paint(landCanvas);
landCanvas.Present();
bool skySeesLand = Same(skyCanvas, landCanvas);

using (FileStream file = File.Create(path))
    PngWriter.Write(file, skyCanvas.Width, skyCanvas.Height, (x, y) => skyCanvas[x, y]);

Console.WriteLine($"""
    {string.Join('\n', kernel.ReadFile("/proc/iomem").Split('\n').Where(line => line.Contains("isplay") || line.Contains("framebuffer")))}

    {sky} drew the sky and the sun, {land} the mountains, the lake and the sign.
    {MapsLine(sky)}
    {MapsLine(land)}
    {land} sees what {sky} drew: {Word(landSeesSky)}
    {sky} sees what {land} drew: {Word(skySeesLand)}
    Frames shown, read from the mapped register page: {skyCanvas.Frame}
    {path}: {new FileInfo(path).Length} bytes
    """);
return landSeesSky && skySeesLand && skyCanvas.Frame == 2 ? 0 : 1;

string MapsLine(UserProcess process)
{
    string[] maps = kernel.ReadFile($"/proc/{process.Pid}/maps").Split('\n');
    return $"{process}: {maps.First(line => line.Contains("rw-s 00000000") && line.EndsWith("fb0"))}";
}

static string Word(bool truth) => truth ? "yes, all of it" : "NO";

static bool Same(Canvas left, Canvas right) =>
    Enumerable.Range(0, left.Height).All(y => Enumerable.Range(0, left.Width).All(x => left[x, y] == right[x, y]));
