package dataset

import "fmt"

// filtered is a data set without the samples that have no label or cannot be read. Unlike
// a [Subset] by a list, it does not change the meaning of lists: their indices count in
// the unfiltered data set.
type filtered struct{ *subset }

// labelled returns the labelled samples of ds, or ds itself if all samples or none are
// labelled.
func labelled(ds Dataset) Dataset {
	if ds == nil {
		return nil
	}
	n := 0
	for i := range ds.Len() {
		if ds.Label(i) >= 0 {
			n++
		}
	}
	if n == 0 || n == ds.Len() {
		return ds
	}
	with := make([]int, 0, n)
	for i := range ds.Len() {
		if ds.Label(i) >= 0 {
			with = append(with, i)
		}
	}
	return &filtered{&subset{ds, with}}
}

// whole returns the data set that index lists of ds count in, and the index there of each
// sample of ds; nil if that is ds itself.
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

// ReadRows returns the samples of ds that the index list in a file selects, as indices
// for [Subset]. If ds was filtered, to the labelled samples ([Place]) or those that can
// be read ([SkipBroken]), the indices of the list count in the unfiltered data set, and
// samples that were filtered out are dropped. If there is a manifest next to the list, it
// must have been made from that data set: indices of another would often fit, and select
// the wrong samples.
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
	row := make([]int, all.Len()) // from 1; 0: filtered out
	for k, i := range numbers {
		row[i] = k + 1
	}
	var rows []int
	for _, i := range indices {
		if row[i] > 0 {
			rows = append(rows, row[i]-1)
		}
	}
	if rows == nil {
		return nil, &ListError{List: path, Problem: fmt.Sprintf("of the %s samples that it selects, none is left: they have no label, cannot be read, or are held out", thousands(len(indices)))}
	}
	return rows, nil
}
