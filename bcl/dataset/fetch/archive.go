package fetch

import (
	"cmp"
	"fmt"
	"slices"
)

// base is the folder of the archives.
const base = "https://www.cs.toronto.edu/~kriz/"

// archive is a published file and its contents.
type archive struct {
	name, form string
	file       string
	size       int64
	sha256     string
	folder     string
	files      []string // that package dataset reads; others are skipped
}

var archives = []archive{
	{"cifar10", Python, "cifar-10-python.tar.gz", 170498071,
		"6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", "cifar-10-batches-py",
		[]string{"batches.meta", "data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"}},
	{"cifar100", Python, "cifar-100-python.tar.gz", 169001437,
		"85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7", "cifar-100-python",
		[]string{"meta", "train", "test"}},
	{"cifar10", Binary, "cifar-10-binary.tar.gz", 170052171,
		"c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", "cifar-10-batches-bin",
		[]string{"batches.meta.txt", "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}},
	{"cifar100", Binary, "cifar-100-binary.tar.gz", 168513733,
		"58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", "cifar-100-binary",
		[]string{"fine_label_names.txt", "coarse_label_names.txt", "train.bin", "test.bin"}},
}

// The forms in which both sets are published. Package dataset reads either.
const (
	Python = "python" // read by the authors' code and torchvision
	Binary = "binary"
)

// Names returns the sets that [CIFAR] knows.
func Names() []string { return []string{"cifar10", "cifar100"} }

// find returns the archive of a set in a form; "" is Python.
func find(name, form string) (archive, error) {
	form = cmp.Or(form, Python)
	if !slices.Contains(Names(), name) {
		return archive{}, fmt.Errorf("data set %q, expected cifar10 or cifar100", name)
	}
	for _, a := range archives {
		if a.name == name && a.form == form {
			return a, nil
		}
	}
	return archive{}, fmt.Errorf("form %q, expected %s or %s", form, Python, Binary)
}
