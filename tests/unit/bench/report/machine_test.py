from report import machine


def test_facts_are_there():
    facts = dict(machine.facts())
    assert list(facts) == ["CPU", "caches", "memory", "kernel"]
    assert all(facts.values())
    assert len(machine.load().split(", ")) == 3


def test_file_system_is_that_of_the_longest_mount(tmp_path):
    inner = tmp_path / "with space"
    inner.mkdir()
    mounts = tmp_path / "mounts"
    point = str(inner).replace(" ", "\\040")
    mounts.write_text(f"a / ext4 rw\nb {point} xfs rw\nc {point} tmpfs rw\nd {tmp_path}/with btrfs rw\nbroken\n")
    assert machine.file_system(str(inner), str(mounts)) == "tmpfs"
    assert machine.file_system(str(tmp_path), str(mounts)) == "ext4"


def test_file_system_without_mounts(tmp_path):
    assert machine.file_system(str(tmp_path), str(tmp_path / "none")) == "unknown"
