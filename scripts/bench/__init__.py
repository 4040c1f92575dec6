"""The benchmark: what a call, an import and a regeneration cost, beside what people use today."""
