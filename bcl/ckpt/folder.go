package ckpt

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// weightFiles are the files of a folder that are its weights, in the order in which
// transformers looks for them, and then our own of a run's folder.
var weightFiles = []string{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt"}

// inFolder returns the path of the weights in a folder: of those files the first, else
// the only index of shards or the only safetensors file that is there. The error of
// another folder says what it has, and how to convert the formats of several processes.
func inFolder(dir string) (string, error) {
	names, err := entries(dir)
	if err != nil {
		return "", err
	}
	has := map[string]bool{}
	for _, n := range names {
		has[n] = true
	}
	for _, n := range weightFiles {
		if has[n] {
			return filepath.Join(dir, n), nil
		}
	}
	for _, end := range []string{".safetensors.index.json", ".safetensors"} {
		if found := withEnding(names, end); len(found) == 1 {
			return filepath.Join(dir, found[0]), nil
		}
	}
	shown := quote.Name(dir)
	if has[".metadata"] && len(withEnding(names, ".distcp")) > 0 {
		return "", fmt.Errorf("%s: a checkpoint of torch.distributed.checkpoint, which is not read; this makes one file of it: python -m torch.distributed.checkpoint.format_utils dcp_to_torch %s OUT.pt",
			shown, shellWord(dir))
	}
	if top, tag := deepSpeed(dir, names); top != "" {
		script := "zero_to_fp32.py"
		if _, err := os.Stat(filepath.Join(top, script)); err == nil {
			script = filepath.Join(top, script)
		}
		return "", fmt.Errorf("%s: a checkpoint of DeepSpeed, which is not read; this makes a folder of it that is: python %s %s OUT%s",
			shown, shellWord(script), shellWord(top), tag)
	}
	var files []string
	for _, end := range []string{".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".npz"} {
		files = append(files, withEnding(names, end)...)
	}
	if len(files) == 0 {
		return "", fmt.Errorf("%s: a folder without weights, expected a file of weights or a folder with %s", shown, strings.Join(weightFiles, ", "))
	}
	return "", fmt.Errorf("%s: a folder, in which none of %s is; name one of its files: %s", shown, strings.Join(weightFiles, ", "), list(files))
}

// entries lists the names in a folder. Of one with very many, which is none of weights,
// it reads only some.
func entries(dir string) ([]string, error) {
	const most = 100_000
	d, err := os.Open(dir)
	if err != nil {
		return nil, quote.Error(err)
	}
	defer d.Close()
	names, err := d.Readdirnames(most)
	if len(names) == 0 {
		return nil, nil // the error is io.EOF
	}
	return names, quote.Error(err)
}

func withEnding(names []string, ending string) (found []string) {
	for _, n := range names {
		if strings.HasSuffix(n, ending) {
			found = append(found, n)
		}
	}
	return found
}

// deepSpeed returns the folder that DeepSpeed's script takes, "" for another folder, and
// the flag that chooses among what it holds: dir is that folder, with a folder for each
// tag (Lightning's tag is checkpoint), or the folder of a tag.
func deepSpeed(dir string, names []string) (top, tag string) {
	if ofRanks(names) {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", ""
		}
		return filepath.Join(dir, ".."), " --tag " + shellWord(filepath.Base(abs))
	}
	for _, n := range names {
		path := filepath.Join(dir, n)
		if n != "checkpoint" && !strings.HasPrefix(n, "global_step") {
			continue
		}
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		if inner, err := entries(path); err == nil && ofRanks(inner) {
			return dir, ""
		}
	}
	return "", ""
}

// ofRanks reports files that each process wrote for itself.
func ofRanks(names []string) bool {
	for _, n := range names {
		rank := strings.TrimPrefix(n, "bf16_")
		if strings.HasSuffix(n, "_states.pt") && (strings.HasPrefix(rank, "zero_pp_rank_") || strings.HasPrefix(rank, "mp_rank_")) {
			return true
		}
	}
	return false
}

// shellWord is a path for a command line that a message gives.
func shellWord(path string) string {
	if shown := quote.Name(path); shown != path {
		return "DIR" // it cannot be shown as it is
	}
	if strings.ContainsAny(path, " '\"\\$`!*?[]{}()<>|&;#~=%") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
