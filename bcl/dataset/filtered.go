package dataset

import "fmt"

// filtered is a set without the samples that have no label or cannot be read. Unlike
// a [Subset], which a list chose, it leaves the meaning of lists alone: their indices
// count in the set as it was.
type filtered struct{ *subset }

// labelled returns the labelled samples of ds, or ds itself if all samples are
// labelled or none is.
func labelled(ds Dataset) Dataset {
	if ds == nil {
		return nil
	}
	var with []int
	for i := range ds.Len() {
		if ds.Label(i) >= 0 {
			with = append(with, i)
		}
	}
	if with == nil || len(with) == ds.Len() {
		return ds
	}
	return &filtered{&subset{ds, with}}
}

// whole returns the set that index lists of ds count in, and for each sample of ds
// its number there; nil if that is ds itself.
func whole(ds Dataset) (all Dataset, numbers []int) {
	f, ok := ds.(*filtered)
	if !ok {
		return ds, nil
	}
	all, inner := whole(f.Dataset)
	if inner == nil {
		return all, f.indices
	}
	for _, i := range f.indices {
		numbers = append(numbers, inner[i])
	}
	return all, numbers
}

// ReadRows returns which samples of ds the index list in a file chooses, as numbers
// for [Subset]. Where ds is what is left of a set, the labelled samples ([Place])
// or those that can be read ([SkipBroken]), the indices of the list count in the
// whole set, and it chooses those of its samples that are left. If a manifest lies
// beside the list, that must be the set it was made from: indices of another set
// would often fit, and choose the wrong samples.
func ReadRows(ds Dataset, path string) ([]int, error) {
	indices, err := ReadIndexList(path)
	if err != nil {
		return nil, err
	}
	all, numbers := whole(ds)
	if err := checkIndices(indices, all.Len(), path); err != nil {
		return nil, err
	}
	if err := checkManifest(all, path); err != nil {
		return nil, err
	}
	if numbers == nil {
		return indices, nil
	}
	row := make(map[int]int, len(numbers))
	for k, i := range numbers {
		row[i] = k
	}
	var rows []int
	for _, i := range indices {
		if k, left := row[i]; left {
			rows = append(rows, k)
		}
	}
	if rows == nil {
		return nil, &ListError{List: path, Problem: fmt.Sprintf("of the %s samples that it chooses, none has a label and can be read", thousands(len(indices)))}
	}
	return rows, nil
}
