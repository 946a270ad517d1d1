using System.Text;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class LabelsInATable
{
    private static ImportRun Run(byte[] table, string name = "labels.csv", params string[] pictures) =>
        ImportRun.OfZip(Zips.Of([.. pictures.Select((path, i) => (path, Zips.Picture(i))), (name, table)]));

    private static ImportRun Run(string table, string name = "labels.csv", params string[] pictures) =>
        Run(Encoding.UTF8.GetBytes(table), name, pictures.Length > 0 ? pictures : ["images/1.png", "images/2.png", "images/3.png"]);

    private static string[] Seen(ImportRun run) => [.. run.Pictures.Select(p => $"{p.Path} {p.Class} {p.Split} {p.Group}".TrimEnd())];

    private static string[] Left(ImportRun run) => [.. run.Skipped.Select(s => $"{s.Path} {s.Code}")];

    [Theory]
    [InlineData("filename,label\nimages/1.png,cat\nimages/2.png,dog\nimages/3.png,cat\n", "paths")]
    [InlineData("label;file name\r\ncat;1.png\r\ndog;2.png\r\ncat;3.png\r\n", "semicolons, names, another order")]
    [InlineData("image_id\tbreed\n1\tcat\n2\tdog\n3\tcat", "tabs, no endings, an unknown name of the label")]
    [InlineData("photo|species\n1.png|cat\n2.png|dog\n3.png|cat", "unknown names")]
    [InlineData("1.png,cat\n2.png,dog\n3.png,cat", "no header")]
    [InlineData(
        "\"filename\",\"label\"\n\".\\images\\1.png\",\"cat\"\n\"2.PNG\",dog\n\n3.png,  cat  \n",
        "quotes, backslashes, capitals, blanks"
    )]
    public void Label_pictures_however_the_table_is_written(string table, string which)
    {
        using var run = Run(table);
        Assert.True(Left(run).Length == 0, which + ": " + string.Join("; ", Left(run)));
        Assert.Equal(["images/1.png cat", "images/2.png dog", "images/3.png cat"], Seen(run));
    }

    [Fact]
    public void Give_splits_and_groups()
    {
        using var run = Run("path,class,subset,patient\n1.png,cat,training,a\n2.png,dog,VAL,\n3.png,cat,,b c\n");
        Assert.Equal(["images/1.png cat train a", "images/2.png dog val", "images/3.png cat  b c"], Seen(run));
    }

    [Fact]
    public void Take_the_split_of_the_tables_name_or_of_a_folder()
    {
        using var run = ImportRun.OfZip(
            Zips.Of(
                ("test/1.png", Zips.Picture(1)),
                ("2.png", Zips.Picture(2)),
                ("a/labels.csv", "file,label\n../none.png,x\n1.png,cat\n"u8.ToArray()),
                ("train.csv", "file,label\n2.png,dog\n"u8.ToArray())
            )
        );
        Assert.Equal(["test/1.png cat test", "2.png dog train"], Seen(run));
        Assert.Equal(["../none.png no_such_file"], Left(run));
    }

    public static TheoryData<string, byte[]> Encodings =>
        new()
        {
            { "UTF-8", Encoding.UTF8.GetBytes("file,label\n1.png,Köter 🐕\n2.png,猫") },
            { "UTF-8 with a mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("file,label\n1.png,Köter 🐕\n2.png,猫")] },
            { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("file,label\n1.png,Köter 🐕\n2.png,猫")] },
            {
                "UTF-16, big-endian",
                [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("file,label\n1.png,Köter 🐕\n2.png,猫")]
            },
        };

    [Theory, MemberData(nameof(Encodings))]
    public void Are_read_in_the_encoding_that_they_have(string which, byte[] table)
    {
        using var run = Run(table, "labels.csv", "1.png", "2.png");
        Assert.True(run.Pictures.Count == 2, which);
        Assert.Equal(["Köter 🐕", "猫"], run.Pictures.Select(p => p.Class));
    }

    [Fact]
    public void Are_Latin_1_where_they_are_no_UTF_8()
    {
        using var run = Run(Encoding.Latin1.GetBytes("file;label\n1.png;Köter\n"), "labels.csv", "1.png");
        Assert.Equal("Köter", Assert.Single(run.Pictures).Class);
    }

    [Fact]
    public void Say_what_matches_nothing_and_what_has_no_row()
    {
        using var run = Run("filename,label\n1.png,cat\n7.png,cat\n2.png,dog\n");
        Assert.Equal(["images/1.png cat", "images/2.png dog"], Seen(run));
        Assert.Equal(["images/3.png no_label", "7.png no_such_file"], Left(run));
        Assert.Contains("labels.csv, line 3", run.Skipped[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Count_the_rows_that_match_nothing_where_they_are_many()
    {
        var rows = string.Concat(Enumerable.Range(0, 10_500).Select(i => $"none-{i}.png,cat\n"));
        using var run = Run("filename,label\n1.png,cat\n2.png,cat\n3.png,cat\n" + rows);
        Assert.Equal(3, run.Pictures.Count);
        Assert.Equal(10_001, run.Skipped.Count);
        Assert.Equal("500 more rows name no file of the archive.", run.Skipped[^1].Reason);
    }

    [Fact]
    public void Refuse_a_picture_of_which_two_rows_say_different_things()
    {
        using var run = Run("filename,label\n1.png,cat\nimages/1.png,dog\n2.png,dog\n2.png,dog\n3.png,cat\n");
        Assert.Equal(["images/2.png dog", "images/3.png cat"], Seen(run));
        var twice = Assert.Single(run.Skipped);
        Assert.Equal(("images/1.png", "label_twice"), (twice.Path, twice.Code));
        Assert.Contains("'cat' (labels.csv, line 2) and 'dog' (labels.csv, line 3)", twice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_a_name_that_two_files_have()
    {
        using var run = Run("file,label\n1.png,cat\nb/2.png,dog", "labels.csv", "a/1.png", "b/1.png", "b/2.png");
        Assert.Equal(["b/2.png dog"], Seen(run));
        Assert.Equal(["a/1.png no_label", "b/1.png no_label", "1.png ambiguous_name"], Left(run));
    }

    [Theory]
    [InlineData("1.png,,train", "no_label")]
    [InlineData("1.png,\"c\u0007t\",train", "bad_class_name")]
    [InlineData("1.png,cat,fold 3", "bad_split")]
    public void Refuse_a_row_that_cannot_be_used(string row, string code)
    {
        using var run = Run($"file,label,split\n2.png,dog,\n3.png,dog,\n{row}\n");
        Assert.Equal([$"images/1.png {code}"], Left(run));
    }

    [Fact]
    public void Refuse_a_label_and_a_group_that_are_too_long()
    {
        var text = new string('x', 10_000);
        using var run = Run($"file,label,group\n1.png,{text},\n2.png,dog,{text}\n3.png,dog,\n");
        Assert.Equal(["images/1.png bad_class_name", "images/2.png bad_group"], Left(run));
    }

    [Fact]
    public void Keep_labels_that_a_page_or_a_spreadsheet_would_execute_as_they_are()
    {
        using var run = Run("file,label\n1.png,<script>alert(1)</script>\n2.png,=1+1\n3.png,\u202Egnp\n");
        Assert.Equal(["<script>alert(1)</script>", "=1+1", "\u202Egnp"], run.Pictures.Select(p => p.Class));
    }

    [Theory]
    [InlineData("filename,label\n1.png,cat\n2.png,\"dog\n3.png,cat\n", "labels.csv", "line 3")]
    [InlineData("{\"file\":\"1.png\",\"label\":\"cat\"}\n{\"file\":\"2.png\"", "labels.jsonl", "line 2")]
    [InlineData("{\"file\":\"1.png\",\"label\":\"cat\"}\n\n{\"file\":\"2.png\"}", "labels.jsonl", "line 3")]
    public void Refuse_the_archive_where_they_are_damaged_and_say_where(string table, string name, string place)
    {
        using var run = Run(table, name);
        Assert.Equal("labels_damaged", run.Refusal);
        Assert.Contains(place, run.Failure!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("filename,label\n1.png,cat\n2.png,\"", "line 3")]
    [InlineData("filename,label\n1.png,", "line 2")]
    public void Refuse_a_cell_without_an_end(string before, string place)
    {
        // Letters that compress badly: an archive of many equal ones is refused earlier.
        var random = new Random(1);
        using var run = Run(before + string.Concat(Enumerable.Range(0, 300_000).Select(_ => (char)('a' + random.Next(26)))));
        Assert.Equal("labels_damaged", run.Refusal);
        Assert.Contains(place, run.Failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuse_the_archive_where_they_name_nothing_of_it()
    {
        using var run = Run("filename,label\na/x.jpg,cat\ny.jpg,dog\n", "labels.csv", "1.png", "2.png");
        Assert.Equal("labels_match_nothing", run.Refusal);
        Assert.Contains("begins with 'a/x.jpg'; a file of the archive is '1.png'", run.Failure!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.csv", "filename,label\nother.png,cat\n")]
    [InlineData("x.csv", "name,price,weight\na,1,2\n")]
    [InlineData("x.csv", "")]
    [InlineData("x.csv", "\"open")]
    [InlineData("x.csv", "name,price,weight\n\"a,1,2\n")]
    [InlineData("x.csv", "a\0b,c\n")]
    [InlineData("x.json", "{\"version\": 1}")]
    [InlineData("x.json", "[[[[")]
    [InlineData("x.jsonl", "[1, 2]\n")]
    public void That_are_none_leave_the_folders_to_label_the_pictures(string name, string text)
    {
        using var run = Run(text, name, "cat/1.png", "dog/2.png");
        Assert.Null(run.Refusal);
        Assert.Equal(["cat/1.png cat", "dog/2.png dog"], Seen(run));
        Assert.Equal([$"{name} not_labels"], Left(run));
    }

    [Fact]
    public void May_have_quotes_and_line_breaks_inside_of_a_cell()
    {
        using var run = Run("file,label,note\n1.png,5\" pipe,a\n2.png,\"a \"\"b\"\"\",\"two\nlines\"\n3.png,cat,\"x\"");
        Assert.Equal(["5\" pipe", "a \"b\"", "cat"], run.Pictures.Select(p => p.Class));
    }

    [Fact]
    public void May_be_lines_of_JSON()
    {
        using var run = Run(
            """
            {"file_name": "1.png", "label": 7, "split": "test"}

            {"label": "dog", "file_name": "2.png", "group": "g"}
            """,
            "train/metadata.jsonl",
            "train/1.png",
            "train/2.png"
        );
        Assert.Equal(["train/1.png 7 test", "train/2.png dog train g"], Seen(run));
    }

    [Fact]
    public void May_be_annotations_of_COCO()
    {
        using var run = Run(
            """
            {"info": {}, "images": [{"id": 4, "file_name": "1.png", "width": 24}, {"id": 5, "file_name": "2.png"},
                {"id": 6, "file_name": "3.png"}],
             "annotations": [{"id": 1, "image_id": 4, "category_id": 2, "bbox": [0, 0, 1, 1]}, {"id": 2, "image_id": 4, "category_id": 2},
                {"id": 3, "image_id": 5, "category_id": 1}, {"id": 4, "image_id": 6, "category_id": 1},
                {"id": 5, "image_id": 6, "category_id": 2}],
             "categories": [{"id": 1, "name": "dog"}, {"id": 2, "name": "cat"}]}
            """,
            "annotations/instances.json"
        );
        Assert.Equal(["images/1.png cat", "images/2.png dog"], Seen(run));
        Assert.Equal(["images/3.png label_twice"], Left(run));
    }

    [Fact]
    public void Of_deep_JSON_are_none()
    {
        using var run = Run(new string('[', 100_000), "x.json", "cat/1.png");
        Assert.Equal(["x.json not_labels"], Left(run));
    }
}
