// Package views has the sources of views for a sampler: image views of training
// ([Images]) and of evaluation ([Plain], [Crops]). Text, table rows or pairs of them
// would be further sources: each describes its views (sampler.Spec), which is all that
// sampler and training need.
package views
