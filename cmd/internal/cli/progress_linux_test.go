package cli

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// terminal opens a terminal of some columns. read returns what was written to it until the line was cleared.
func terminal(t *testing.T, columns uint16) (tty *os.File, read func() string) {
	t.Helper()
	ptmx, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	ioctl := func(f *os.File, request uintptr, arg unsafe.Pointer) {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); e != 0 {
			t.Skip(e)
		}
	}
	var n, unlock int32
	ioctl(ptmx, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	ioctl(ptmx, syscall.TIOCGPTN, unsafe.Pointer(&n))
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	size := [4]uint16{24, columns}
	ioctl(tty, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	t.Cleanup(func() { tty.Close(); ptmx.Close() })
	return tty, func() string {
		text, buf := "", make([]byte, 1<<12)
		for !strings.Contains(text, "\r\x1b[K") {
			n, err := ptmx.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			text += string(buf[:n])
		}
		return text
	}
}

// On a terminal progress is one line that is drawn again and again, however narrow that is.
func TestProgressOnNarrowTerminal(t *testing.T) {
	for _, columns := range []uint16{20, 40, 60, 80, 200} {
		tty, read := terminal(t, columns)
		p := NewProgress(tty, "training", 100000)
		for done := range 3 {
			p.next = p.start // without waiting
			p.Set(50000+done, "epoch 1000 of 2000, loss 5.1234")
		}
		p.Clear()
		text := read()
		if strings.Contains(text, "\n") {
			t.Errorf("%d columns: more than a line: %q", columns, text)
		}
		drawn := 0
		for _, line := range strings.Split(strings.ReplaceAll(text, "\x1b[K", ""), "\r") {
			if n := utf8.RuneCountInString(line); n >= int(columns) {
				t.Errorf("a line of %d characters in %d columns: %q", n, columns, line)
			} else if n > 0 {
				drawn++
			}
		}
		if drawn != 3 || !strings.Contains(text, "training epoch 10") {
			t.Errorf("%d columns: drawn %d times, want 3: %q", columns, drawn, text)
		}
		if columns == 200 && (!strings.Contains(text, "loss 5.1234: 50002 of 100000, ") || !strings.Contains(text, "s left")) {
			t.Errorf("the whole line: %q", text)
		}
	}
}
