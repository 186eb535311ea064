package bcltrain

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Runs on the same images in a folder, in tars and in Parquet are the same, also when they are
// resumed; samples.csv names what each is in.
func TestShards(t *testing.T) {
	t.Setenv("BCL_CACHE", t.TempDir())
	shards := "../../../bcl/dataset/testdata/shards/"
	history := func(place string, more ...string) []byte {
		save := t.TempDir()
		args := append(more, "--seed", "3", "--epochs")
		for _, last := range [][]string{{"1"}, {"2", "--resume", "--allow-change", "epochs"}} {
			if code, _, stderr := call(tiny(shards+place, save, slices.Concat(args, last)...)...); code != 0 {
				t.Fatal(stderr)
			}
		}
		list, err := os.ReadFile(filepath.Join(save, "t", "samples.csv"))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"folder": "0,train/circle/0000.png,circle\n", "tar": "0,drawn-train-000.tar/train/0000.png,0\n", "parquet": "0,data/train-00000-of-00002.parquet: row 0,circle\n"}[place]
		if !strings.Contains(string(list), want) {
			t.Errorf("samples.csv lacks %q:\n%s", want, list)
		}
		data, err := os.ReadFile(filepath.Join(save, "t", "momentum_loss.npy"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	want := history("folder")
	for _, place := range []string{"tar", "parquet"} {
		if got := history(place, "--image-cache", "0"); !bytes.Equal(got, want) {
			t.Errorf("%s: other momentum losses than of the folder", place)
		}
	}
	kept, err := filepath.Glob(filepath.Join(os.Getenv("BCL_CACHE"), "index", "*.index"))
	if err != nil || len(kept) != 4 {
		t.Errorf("indexes %q, %v: want those of two parts of two places", kept, err)
	}
	code, _, stderr := call(tiny(shards+"tar/drawn-train-{000..009}.tar", t.TempDir())...)
	if code != 1 || !strings.Contains(stderr, "drawn-train-003.tar") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// Without --check-images a broken image ends the run when it is read, which its state survives.
func TestUncheckedImages(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	writeFile(t, filepath.Join(data, "e.png"), []byte("broken"))
	code, _, stderr := call(tiny(data, save)...)
	if _, err := os.Stat(filepath.Join(save, "t")); code != 1 || !strings.Contains(stderr, "1 of 9 images cannot be read") || err == nil {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	code, _, stderr = call(tiny(data, save, "--check-images=false")...)
	if _, err := os.Stat(filepath.Join(save, "t", "model.pt")); code != 1 || !strings.Contains(stderr, "e.png") || err != nil {
		t.Errorf("exit code %d, %v, %s", code, err, stderr)
	}
	if code, _, stderr = call(tiny(data, save, "--check-images=false", "--skip-broken")...); code != 2 || !strings.Contains(stderr, "leave out --check-images=false") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
