package ckpt

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// settingsOf are what a project wrote of a network beside its weights, by name.
type settingsOf map[string]any

// config reads config.json beside the files that transformers and timm write, among them
// variants (model.fp16.safetensors). A file that is no JSON object says nothing.
func (f *File) config() settingsOf {
	if name := filepath.Base(f.Path); !strings.HasPrefix(name, "model.") && !strings.HasPrefix(name, "pytorch_model.") {
		return nil
	}
	path := filepath.Join(filepath.Dir(f.Path), "config.json")
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() >= 1<<20 {
		return nil
	}
	text, err := os.ReadFile(path)
	var s settingsOf
	if err != nil || json.Unmarshal(text, &s) != nil {
		return nil
	}
	return s
}

// args returns the settings in a trainer's checkpoint: a Namespace or a dict args.
func (f *File) args() settingsOf {
	top, ok := f.tree.(*serialize.Dict)
	if !ok {
		return nil
	}
	v, _ := top.Lookup("args")
	return asSettings(v)
}

// inner returns the settings below a name.
func (s settingsOf) inner(name string) settingsOf { return asSettings(s[name]) }

// text returns a value as text, "" if there is none or it is no scalar.
func (s settingsOf) text(name string) string {
	switch v := s[name].(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(v)
	}
	return ""
}

func asSettings(v any) settingsOf {
	if n, ok := v.(*serialize.Namespace); ok {
		v = n.Attrs
	}
	switch v := v.(type) {
	case map[string]any:
		return v
	case *serialize.Dict:
		s := settingsOf{}
		if v != nil {
			for k, value := range v.All() {
				s[key(k)] = value
			}
		}
		return s
	}
	return nil
}
