package bcleval

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
)

// unrecorded are the flags that do not change what is measured.
var unrecorded = []string{"json", "per-class", "csv", "tail-curve", "force", "finetune-save", "untrained", "init", "image-cache", "num-workers", "threads", "device", "key",
	"help", "help-all", "version"}

// settings are the resolved settings of the evaluation, by the names of the flags.
func (o *options) settings() (list settings.List) {
	o.flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || slices.Contains(unrecorded, f.Name) {
			return
		}
		value := f.Value.String()
		if many, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(many.GetSlice(), ",")
		}
		list = list.With(f.Name, value)
	})
	return list
}
