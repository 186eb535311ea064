package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// A world is what the pages speak of, tiny: a home with images and lists, and in the working
// folder runs, checkpoints and features. Each page gets a copy.

// must fails the test unless a program ends well.
func must(t *testing.T, program string, args ...string) {
	t.Helper()
	var errs bytes.Buffer
	if code := mains[program](args, io.Discard, &errs); code != cli.OK {
		t.Fatalf("%s %s: code %d: %s", program, strings.Join(args, " "), code, errs.String())
	}
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyOf(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err == nil && info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else if err == nil {
		var content []byte
		content, err = os.ReadFile(from)
		put(t, to, content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// drawing is an image of a class: a square of a colour on noise that its number gives.
func drawing(class, number int) []byte {
	const side = 24
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		x, y := i%side, i/side
		v := uint8((i*i*31 + number*977) % 251)
		c := color.RGBA{v, v / 2, 255 - v, 255}
		if x > 5 && x < 18 && y > 5 && y < 18 {
			c = color.RGBA{uint8(120 * class), 255 - uint8(100*class), uint8(40 * number), 255}
		}
		m.Set(x, y, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// worldClasses are of the sizes in train/; test/ has worldTest of each.
var worldClasses = []string{"cat", "dog", "ox"}

const worldTest = 3

var worldSizes = []int{9, 6, 4}

// images writes a folder with train/ and test/, and lists of both: paths with labels, and
// those of iNaturalist.
func images(t *testing.T, dir string) (lists map[string][]byte) {
	t.Helper()
	lists = map[string][]byte{}
	for _, part := range []string{"train", "test"} {
		type entry = map[string]any
		var files, categories, annotations []entry
		var text strings.Builder
		for c, class := range worldClasses {
			n := worldTest
			if part == "train" {
				n = worldSizes[c]
			}
			categories = append(categories, entry{"id": c, "name": class})
			for i := range n {
				name := fmt.Sprintf("%s/%s/%d.png", part, class, i)
				put(t, filepath.Join(dir, name), drawing(c, i+n))
				fmt.Fprintf(&text, "%s %d\n", name, c)
				annotations = append(annotations, entry{"id": len(files), "image_id": len(files), "category_id": c})
				files = append(files, entry{"id": len(files), "file_name": name})
			}
		}
		lists[part+".txt"] = []byte(text.String())
		whole, err := json.Marshal(entry{"images": files, "categories": categories, "annotations": annotations})
		if err != nil {
			t.Fatal(err)
		}
		lists[part+".json"] = whole
	}
	return lists
}

// smaller are flags that make a command of a page small: they follow its own, and override
// them.
var smaller = map[string]string{
	"bcl-train":           "--epochs 1 --batch-size 8 --model resnet10 --width 2 --size 16 --warmup 0 --threads 1 --num-workers 1 --device cpu",
	"bcl-eval":            "--threads 1 --num-workers 1 --device cpu --probe-epochs 2",
	"bcl-eval embed":      "--threads 1 --num-workers 1 --device cpu",
	"bcl-eval anomaly":    "--threads 1 --k 1 --rate 0.9",
	"bcl-report":          "--threads 1 --num-workers 1",
	"bcl-data export":     "--per-class 2",
	"bcl-data split":      "--imbalance 2 --largest 4",
	"bcl-data split shot": "--shots 2",
}

// newWorld makes a template in a folder, with home/ and work/.
func newWorld(t *testing.T, dir string) {
	t.Helper()
	home, work := filepath.Join(dir, "home"), filepath.Join(dir, "work")
	lists := images(t, filepath.Join(home, "photos"))
	for _, other := range []string{"cifar10", "cifar-100-python", "data/cifar-100-python", "data/cifar-10-batches-py", "imagenet", "inat", "food101"} {
		copyOf(t, filepath.Join(home, "photos"), filepath.Join(home, other))
	}
	for _, other := range []string{"PLACE", "DIR"} {
		copyOf(t, filepath.Join(home, "photos"), filepath.Join(work, other))
	}
	copyOf(t, filepath.Join(home, "photos/test/cat"), filepath.Join(home, "new"))
	for name, of := range map[string]string{"train.txt": "train.txt", "ImageNet_LT_train.txt": "train.txt", "ImageNet_train.txt": "train.txt", "ImageNet_split1_test_100shot.txt": "train.txt",
		"ImageNet_LT_test.txt": "test.txt", "train2018.json": "train.json", "val2018.json": "test.json"} {
		put(t, filepath.Join(work, name), lists[of])
	}
	index := func(path string, rows ...int64) {
		put(t, path, nil)
		f, err := os.Create(path)
		if err == nil {
			err = npy.Write(f, npy.FromInt64s(rows))
		}
		if err != nil || f.Close() != nil {
			t.Fatal(err)
		}
	}
	split := filepath.Join(home, "BCL/split")
	for _, path := range []string{filepath.Join(split, "cifar100_imbSub_with_subsets/cifar100_split1_D_i.npy"), filepath.Join(work, "split/cifar100_imbSub_with_subsets/cifar100_split1_D_i.npy"), filepath.Join(work, "cifar100_split1_D_i.npy")} {
		index(path, 0, 1, 2, 3, 4, 5, 9, 10, 11, 15, 16)
	}
	for _, in := range []string{split, filepath.Join(work, "split")} {
		index(filepath.Join(in, "cifar100_trainIdxList.npy"), 0, 1, 2, 9, 10, 11, 15, 16, 17)
		index(filepath.Join(in, "cifar100_split1_test_2shot.npy"), 0, 1, 9, 10, 15, 16)
		index(filepath.Join(in, "cifar100_split1_test_1shot.npy"), 0, 9, 15)
	}
	for _, page := range []string{"demo.yaml", "preset.yaml"} {
		copyOf(t, filepath.Join("../../../docs", page), filepath.Join(work, "docs", page))
	}
	put(t, filepath.Join(work, "cat.jpg"), drawing(0, 99)) // what a file holds counts, not its name
	t.Chdir(work)
	must(t, "bcl-train", append([]string{"photos", "--data", filepath.Join(home, "photos")}, strings.Fields(smaller["bcl-train"])...)...)
	for _, name := range []string{"demo", "simclr", "bcl-i", "sdclr", "net", "a"} {
		copyOf(t, "runs/photos", filepath.Join("runs", name))
	}
	model := "runs/photos/model.pt"
	for _, name := range []string{"model.pt", "a.pt", "FILE"} {
		copyOf(t, model, name)
	}
	must(t, "bcl-ckpt", "extract-backbone", model, "resnet50.pth")
	must(t, "bcl-ckpt", "convert", model, "b.safetensors")
	must(t, "bcl-ckpt", "convert", model, "ssl.pt", "--to", "lightly", "--rest", "drop")
	if err := os.Rename("ssl.pt", "ssl.ckpt"); err != nil {
		t.Fatal(err)
	}
	for part, out := range map[string]string{"train": "features", "test": "test-features", "probe": "new-features"} {
		must(t, "bcl-eval", append([]string{"embed", "runs/photos", "--out", out, "--part", part}, strings.Fields(smaller["bcl-eval embed"])...)...)
	}
	var results bytes.Buffer
	if code := mains["bcl-eval"](append([]string{"runs/photos", "--by", "knn", "--json"}, strings.Fields(smaller["bcl-eval"])...), &results, io.Discard); code != cli.OK {
		t.Fatal("no results.json")
	}
	put(t, "results.json", results.Bytes())
}
