package ckpt

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// folder writes files of a text each, and returns the folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// contents returns the bytes of a file with tensors, in the format of an ending.
func contents(t testing.TB, state []Tensor, ending string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x"+ending)
	if err := Save(path, state, SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func indexOf(shards map[string][]Tensor) string {
	var pairs []string
	for name, state := range shards {
		for _, x := range state {
			pairs = append(pairs, fmt.Sprintf("%q: %q", x.Name, name))
		}
	}
	return `{"metadata": {"total_size": 12}, "weight_map": {` + strings.Join(pairs, ",\n") + "}}\n"
}

// TestFolders: a folder of Hugging Face is read as its file, or as all the files of its
// index, which is read by its own name too.
func TestFolders(t *testing.T) {
	all := resnet(t)
	parts := [][]Tensor{all[:20], all[20:41], all[41:]}
	for ending, stem := range map[string]string{".safetensors": "model", ".pt": "pytorch_model"} {
		shards, files := map[string][]Tensor{}, map[string]string{"config.json": "{}", "README.md": "x"}
		end := map[string]string{".safetensors": ".safetensors", ".pt": ".bin"}[ending]
		for i, part := range parts {
			name := fmt.Sprintf("%s-0000%d-of-00003%s", stem, i+1, end)
			shards[name], files[name] = part, contents(t, part, ending)
		}
		files[stem+end+indexEnding] = indexOf(shards)
		dir := folder(t, files)
		for _, path := range []string{dir, dir + "/", filepath.Join(dir, stem+end+indexEnding)} {
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			state, at, rest, err := f.State("")
			if err != nil || at != "" || rest != nil || len(f.Shards) != 3 || f.Path != filepath.Join(dir, stem+end+indexEnding) {
				t.Fatal(at, rest, f.Shards, f.Path, err)
			}
			if c, err := Diff(all, state, 0); err != nil || !c.Within || c.Equal != len(all) {
				t.Errorf("%+v, %v", c, err)
			}
			info, err := Inspect(f)
			if err != nil || info.Scheme != "torchvision" || len(info.Tensors) != len(all) || info.Sealed {
				t.Errorf("%+v, %v", info, err)
			}
			if b, err := BackboneOf(state, BackboneOptions{}); err != nil || b.Arch != small {
				t.Error(b, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	whole := contents(t, all, ".safetensors")
	for _, files := range []map[string]string{
		{"model.safetensors": whole, "pytorch_model.bin": "not this", "x.pt": "nor this"},
		{"pytorch_model.bin": contents(t, all, ".pt"), "training_args.bin": "not this"},
		{"open_clip_model.safetensors": whole, "open_clip_config.json": "{}"},
		{"model.pt": contents(t, all, ".pt"), "log.txt": ""},
	} {
		f, err := Open(folder(t, files))
		if err != nil {
			t.Error(err)
			continue
		}
		if state, _, _, err := f.State(""); err != nil || len(state) != len(all) || f.Shards != nil {
			t.Error(len(state), f.Shards, err)
		}
		f.Close()
	}
}

// TestFoldersOfProcesses: formats in which each process has its own files are named, with
// the command that converts them.
func TestFoldersOfProcesses(t *testing.T) {
	script := "zero_to_fp32.py"
	for _, c := range []struct {
		files []string
		at    string
		want  string
	}{
		{[]string{".metadata", "__0_0.distcp", "__1_0.distcp"}, "", "python -m torch.distributed.checkpoint.format_utils dcp_to_torch %s OUT.pt"},
		{[]string{"latest", script, "global_step8/zero_pp_rank_0_mp_rank_00_optim_states.pt", "global_step8/mp_rank_00_model_states.pt"}, "", "python %[1]s/zero_to_fp32.py %[1]s OUT"},
		{[]string{"latest", "checkpoint/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt"}, "", "python zero_to_fp32.py %s OUT"},
		{[]string{script, "global_step8/mp_rank_00_model_states.pt"}, "global_step8", "python %[1]s/zero_to_fp32.py %[1]s OUT --tag global_step8"},
		{[]string{"a.pt", "b.pt"}, "", "name one of its files: a.pt, b.pt"},
		{[]string{"readme"}, "", "a folder without weights"},
	} {
		files := map[string]string{}
		for _, n := range c.files {
			files[n] = ""
		}
		dir := folder(t, files)
		_, err := Open(filepath.Join(dir, c.at))
		if strings.Contains(c.want, "%") {
			c.want = fmt.Sprintf(c.want, dir)
		}
		wantError(t, err, c.want)
		if err != nil && !strings.Contains(c.want, "a folder") && !strings.HasSuffix(err.Error(), c.want) && !strings.Contains(c.want, "name one") {
			t.Errorf("the command is not the end of %v", err)
		}
	}
	for path, want := range map[string]string{"a/b-c.d": "a/b-c.d", "a b": "'a b'", "it's": `'it'\''s'`, "a\nb": "DIR", "$(x)": "'$(x)'"} {
		if got := shellWord(path); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

// TestIndexRefuses: an index that leaves its folder, or does not agree with its files.
func TestIndexRefuses(t *testing.T) {
	x, y := []Tensor{{"x", tensor(t, 0, 2)}}, []Tensor{{"y", tensor(t, 1, 2)}}
	a, b := contents(t, x, ".safetensors"), contents(t, y, ".safetensors")
	outside := filepath.Join(folder(t, map[string]string{"a.safetensors": a}), "a.safetensors")
	many := make([]string, maxShards+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"%d": "%d"`, i, i)
	}
	wrap := func(pairs string) string { return `{"weight_map": {` + pairs + `}}` }
	for _, c := range []struct {
		index string
		want  []string
	}{
		{wrap(`"x": "c.safetensors"`), []string{"c.safetensors", "cannot be read"}},
		{wrap(`"x": "c.safetensors", "z": "a.safetensors"`), []string{"index.json: c.safetensors, which it names, cannot be read"}}, // though a has x and lacks z
		{wrap(`"y": "pointer", "x": "c.safetensors"`), []string{"index.json: c.safetensors, which it names, cannot be read"}},
		{wrap(`"x": "a.safetensors", "z": "a.safetensors"`), []string{"a.safetensors: it lacks 1 tensors", "z"}},
		{wrap(`"x": "b.safetensors"`), []string{"b.safetensors: it has the tensor y"}},
		{wrap(`"x": "a.safetensors", "y": "a.safetensors"`), []string{"lacks 1 tensors"}},
		{wrap(`"x": "../a.safetensors"`), []string{"file in the same folder"}},
		{wrap(fmt.Sprintf("%q: %q", "x", outside)), []string{"file in the same folder"}},
		{wrap(`"x": "sub/a.safetensors"`), []string{"file in the same folder"}},
		{wrap(`"x": "sub\\a.safetensors"`), []string{"file in the same folder"}},
		{wrap(`"x": ".."`), []string{"file in the same folder"}},
		{wrap(`"x": ""`), []string{"file in the same folder"}},
		{wrap(`"x": "model.safetensors.index.json"`), []string{"file in the same folder"}},
		{wrap(`"x": "sub"`), []string{"a folder, expected"}},
		{wrap(`"x": "pipe"`), []string{"not a regular file"}},
		{wrap(`"x": "b.pt"`), []string{"b.pt: "}},
		{wrap(`"x": "a.safetensors", "y": "y.pt"`), []string{"of the format pt"}},
		{wrap(`"x": "pointer"`), []string{"git lfs pull"}},
		{wrap(`"x": 3`), []string{"in \"3\", expected the name"}},
		{wrap(`"x": ["a.safetensors"]`), []string{"expected the name"}},
		{wrap(`"x": "a.safetensors", "x": "b.safetensors"`), []string{`"x" is repeated`}},
		{wrap("") + "{}", []string{"something follows"}},
		{`{"weight_map": {}, "weight_map": {}}`, []string{"is repeated"}},
		{`{"weight_map": []}`, []string{"expected an object"}},
		{`{"metadata": {}}`, []string{"no weight_map"}},
		{`{"Weight_Map": {"x": "a.safetensors"}}`, []string{"no weight_map"}},
		{`{"weight_map": {"x": "a.safe`, []string{"unexpected EOF"}},
		{"", []string{"unexpected EOF"}},
		{"[]", []string{"expected an object"}},
		{"{\"weight_map\": {\"x\xff\": \"a.safetensors\"}}", []string{"not UTF-8"}},
		{strings.Repeat("[", 1<<20), []string{"expected an object"}},
		{`{"metadata": ` + strings.Repeat("[", 1<<20), []string{"index of several files"}},
		{wrap(strings.Join(many, ",")), []string{fmt.Sprintf("or %d files", maxShards)}},
		{"version https://git-lfs.github.com/spec/v1\n", []string{"git lfs pull"}},
		{"<!doctype html>", []string{"a web page"}},
		{wrap(`"x": "a.safetensors\n\u001b[2J\u202e"`), []string{`"a.safetensors\n`}},
	} {
		dir := folder(t, map[string]string{"a.safetensors": a, "b.safetensors": b, "sub/a.safetensors": a, "b.pt": "hello, these are no weights",
			"y.pt": contents(t, y, ".pt"), "pointer": "version https://git-lfs.github.com/spec/v1\n", "model.safetensors.index.json": c.index})
		if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_, err := Open(dir)
		wantError(t, err, c.want...)
		if err != nil && (len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\x1b\u202e\n")) {
			t.Errorf("an error of %d bytes: %.300q", len(err.Error()), err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%.60q took %v", c.index, took)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"metadata": {"total_size": 1}, "weight_map": {"x": "a.safetensors", "y": "b.bin"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		shards, err := parseIndex(text)
		if err != nil {
			return
		}
		for name, tensors := range shards {
			if len(tensors) == 0 || filepath.Join("a", name) != "a/"+name || slices.Contains([]string{"", ".", ".."}, name) {
				t.Errorf("%q of %q", name, text)
			}
		}
	})
}
