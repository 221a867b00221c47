namespace DriverKit.Tests.Support;

/// <summary>A test whose judge is a text of the host's own /proc. It is skipped where there is none to read.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostFileFactAttribute : FactAttribute
{
    public HostFileFactAttribute(string path)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                Skip = $"{path} of a Linux host is the judge, and this host is not Linux";
            else if (File.ReadAllText(path).Length == 0)
                Skip = $"{path} of this host is empty";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Skip = $"{path} of this host cannot be read: {exception.Message}";
        }
    }
}
