package serialize

import "io"

// WriteData writes the elements in C order, little-endian. A tensor that is all
// of its storage, in order, is copied from the file in steps and not kept; for
// any other it is as [Tensor.Bytes], which keeps the storage. A wrong checksum is
// only noticed at the end.
func (t *Tensor) WriteData(w io.Writer) error {
	if err := t.check(); err != nil {
		return err
	}
	if t.whole() {
		return t.Storage.writeTo(w)
	}
	data, err := t.Bytes()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// ReadData returns the elements as [Tensor.Bytes] does, but of a tensor that is
// all of its storage it keeps no copy.
func (t *Tensor) ReadData() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if !t.whole() || t.Storage.Data != nil {
		return t.Bytes()
	}
	data := make([]byte, t.Storage.Size())
	return data, t.Storage.ReadInto(data)
}

// whole reports a tensor that is its storage, element for element.
func (t *Tensor) whole() bool {
	return t.Offset == 0 && t.Len() == t.Storage.Len && t.IsContiguous()
}
