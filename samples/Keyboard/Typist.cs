// Somebody at the keyboard: presses and lets go of one key after another, ten milliseconds each.
namespace Samples.Keyboard;

public static class Typist
{
    public static void Type(Kernel kernel, I8042 keyboard, string text)
    {
        foreach (char character in text)
        {
            byte key = Scancodes.Of(character);
            Send(key);
            Send((byte)(key | Scancodes.Released));
        }

        void Send(byte scancode)
        {
            keyboard.Send(scancode);
            kernel.RunFor(TimeSpan.FromMilliseconds(10));
        }
    }
}
