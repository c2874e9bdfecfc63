"""Runs every block of bindings/python/README.md in order, and compares its output."""

import doctest
import os
import re

README = os.path.join("bindings", "python", "README.md")


def test_the_tour_prints_what_it_says(tmp_path, monkeypatch):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    assert len(blocks) >= 8
    # The reader has installed the package, and has a schema.
    monkeypatch.setenv("MMF_MMFGEN", os.path.abspath(os.path.join("gen", "mmfgen")))
    (tmp_path / "trade.mmfs").write_text("record Trade version 1 { symbol: string[8]; price: float64; }")
    (schema,) = re.findall(r"^```mmfs\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "book.mmfs").write_text(schema)
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    names = {}
    examples = 0
    for block in blocks:
        line = text.count("\n", 0, block.start(1))
        test = doctest.DocTestParser().get_doctest(block.group(1), {}, "README", README, line)
        test.globs = names
        examples += len(test.examples)
        runner.run(test, clear_globs=False)
    assert examples > 25
    assert runner.summarize().failed == 0
