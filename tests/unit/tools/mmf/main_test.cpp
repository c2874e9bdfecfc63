// The command line of mmf: verbs, options, help, exit statuses and messages.
#include "mmf_fixture.h"

TEST_F(MmfTest, ListsVerbs)
{
    EXPECT_EQ(Run({"--help"}), 0);
    EXPECT_TRUE(Has(out, "usage: mmf VERB"));
    EXPECT_TRUE(Has(out, "\n  info "));
    EXPECT_EQ(errors, "");
}

TEST_F(MmfTest, SaysItsVersion)
{
    EXPECT_EQ(Run({"--version"}), 0);
    EXPECT_EQ(out, std::string("mmf ") + MMF_VERSION_STRING + "\n");
}

TEST_F(MmfTest, HelpsWithAVerb)
{
    EXPECT_EQ(Run({"info", "--help"}), 0);
    EXPECT_TRUE(Has(out, "usage: mmf info [OPTION...] FILE..."));
    EXPECT_TRUE(Has(out, "--json"));
}

TEST_F(MmfTest, RefusesWrongUsage)
{
    EXPECT_EQ(Run({}), 2);
    EXPECT_TRUE(Has(errors, "mmf: no verb is given"));
    EXPECT_EQ(Run({"inf"}), 2);
    EXPECT_TRUE(Has(errors, "unknown verb 'inf'; did you mean info?"));
    EXPECT_EQ(Run({"zzzzzz"}), 2);
    EXPECT_FALSE(Has(errors, "did you mean"));
    EXPECT_EQ(Run({"info", "--jsno", "x"}), 2);
    EXPECT_TRUE(Has(errors, "mmf info: unknown option '--jsno'; did you mean --json?"));
    EXPECT_EQ(Run({"info"}), 2);
    EXPECT_TRUE(Has(errors, "0 operands given; expected FILE..."));
    EXPECT_EQ(Run({"info", "--json=yes", "x"}), 2);
    EXPECT_TRUE(Has(errors, "--json takes no value"));
    EXPECT_EQ(Run({"check", "--limit"}), 2);
    EXPECT_TRUE(Has(errors, "--limit needs a value"));
    EXPECT_EQ(Run({"check", "--limit", "12x", "f"}), 2);
    EXPECT_TRUE(Has(errors, "--limit is '12x'; expected a whole number"));
    EXPECT_EQ(Run({"check", "--limit=18446744073709551616", "f"}), 2);
    EXPECT_EQ(Run({"check", "--limit=1", "--limit=2", "f"}), 2);
    EXPECT_TRUE(Has(errors, "--limit is given twice"));
}

// The largest number is a number, and what follows "--" is a file.
TEST_F(MmfTest, TakesOptionsAnywhere)
{
    EXPECT_EQ(Run({"check", "f", "--limit=18446744073709551615"}), 2);
    EXPECT_TRUE(Has(errors, "f: "));
    EXPECT_EQ(Run({"info", "--", "--json"}), 2);
    EXPECT_TRUE(Has(errors, "--json: "));
}

TEST_F(MmfTest, SaysThatTheOutputIsFull)
{
    EXPECT_EQ(Run({"--help"}, "/dev/null", "/dev/full"), 2);
    EXPECT_TRUE(Has(errors, "mmf: cannot write to the standard output: No space left on device"));
    EXPECT_EQ(Run({"info", "--help"}, "/dev/null", "/dev/full"), 2);
}

// A path can have any byte; a terminal must not obey it.
TEST_F(MmfTest, PrintsNoControlCharacters)
{
    EXPECT_EQ(Run({"info", "a\033[31mb\xff"}), 2);
    EXPECT_TRUE(Has(errors, "a\\x1b[31mb\\xff"));
}
