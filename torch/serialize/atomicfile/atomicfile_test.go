package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// folder returns the names in dir.
func folder(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"first", "second, longer"} {
		if err := WriteFile(path, put(text)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("read %q, %v", b, err)
		}
	}
	if names := folder(t, filepath.Dir(path)); len(names) != 1 {
		t.Errorf("left in the folder: %v", names)
	}
}

func TestPermissions(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "x")
	if err := WriteFile(path, put("")); err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v under umask 027", st.Mode())
	}
}

func TestFailureKeepsOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := WriteFile(path, put("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	check := func() {
		t.Helper()
		if b, _ := os.ReadFile(path); string(b) != "old" {
			t.Errorf("the old file became %q", b)
		}
		if names := folder(t, filepath.Dir(path)); len(names) != 1 {
			t.Errorf("left in the folder: %v", names)
		}
	}
	err := WriteFile(path, func(w io.Writer) error {
		w.Write(bytes.Repeat([]byte("new"), 1<<20))
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	check()

	func() {
		defer func() { recover() }()
		WriteFile(path, func(w io.Writer) error { panic("bug") })
	}()
	check()

	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.tmp.Close() // simulates a disk that fails
	io.WriteString(f, "new")
	if err := f.Commit(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	check()
	if _, err := f.Write(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Write after Commit: %v", err)
	}
	if err := f.Commit(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("second Commit: %v", err)
	}
}

// TestNoSpace writes to /dev/full instead of the temporary file.
func TestNoSpace(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	path := filepath.Join(t.TempDir(), "x")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	name := f.tmp.Name()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.buf.Reset(full)
	io.WriteString(f, "new")
	if err := f.Commit(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want ENOSPC", err)
	}
	for _, left := range []string{name, path} {
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s exists", left)
		}
	}
}

func TestErrorsNameThePath(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "no", "such", "folder", "x")
	if err := WriteFile(missing, put("")); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v", err)
	}
	taken := filepath.Join(dir, "d", "sub")
	os.MkdirAll(filepath.Join(taken, "full"), 0o755)
	if err := WriteFile(taken, put("")); err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("error %v", err)
	}
	if names := folder(t, filepath.Dir(taken)); len(names) != 1 {
		t.Errorf("left in the folder: %v", names)
	}
}

func Example() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "hello.txt")
	err := WriteFile(path, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "hello")
		return err
	})
	b, _ := os.ReadFile(path)
	fmt.Print(string(b), err)
	// Output:
	// hello
	// <nil>
}
