module example.org/recorder

go 1.19
