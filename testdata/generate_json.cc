// generate_json.cc - what RapidJSON, with the options of TensorFlow Serving, answers to documents that
// are odd or damaged. With Debian's rapidjson-dev (1.1.0):
//
//	c++ -o build/generate_json testdata/generate_json.cc &&
//		build/generate_json >testdata/json/expected.tsv
//
// A line is a document, how it is read (all of it, or up to where the first value ends), and the
// answer: the offset and the message of the error, or the document as PrettyWriter writes it with
// arrays on one line. Bytes below 0x20 and above 0x7e are written \xHH, and so is the backslash.
#include <cstdio>
#include <cstring>
#include <string>

#include <rapidjson/document.h>
#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

using namespace rapidjson;

// Far from the end, numbers are read another way.
#define TAIL "11.0,12.0,13.0,14.0,15.0,16.0,17.0,18.0,19.0,20.0,21.0,22.0,23.0,24.0,25.0,26.0,27.0,28.0,29.0,30.0]"

static const std::string documents[] = {
	"", " ", "\n\t \r", "]", "}", ",", ":", "x", "-", "+1", "{", "[", "\"", "\xef\xbb\xbf",
	"\xef\xbb\xbf[1]", "\xef\xbb\xbf x", std::string("\0", 1), std::string("[1\0]", 4),
	"null", "true", "false", "nul", "nulk", "tru", "trux", "fals", "falsy", "nullx", "truefalse",
	// numbers
	"0", "-0", "-0.0", "0.0", "00", "01", "-01", "1", "-1", "12.", "12.x", "1.5", ".5", "1e", "1e+",
	"1e-", "1ex", "1E5", "1e+5", "1e-5", "1e05", "1.e5", "--1", "- 1", "1 2", "0x10", "1e308", "1e309",
	"-1e309", "1e400", "1e-400", "1e-323", "4294967295", "4294967296", "-2147483648", "-2147483649",
	"9223372036854775807", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
	"1e20", "1e21", "1e22", "123e18", "1e-5", "1e-6", "1e-7", "0.000012", "0.0000012",
	"0.00000012", "1.5e300", "100.0", "1234567.125", "1.0e10", "0e0", "0.1", "2e-07",
	"NaN", "-NaN", "Inf", "-Inf", "Infinity", "-Infinity", "[NaN]", "[1, NaN, 2]", "{\"a\": Inf}",
	"nan", "Na", "In", "Infi", "Infinitx", "-I", "infinity",
	// arrays
	"[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1", "[1,", "[1,2",
	"[[]", "[[],", "[[]]", "[[1,2],[3,4]]", "[[1,2],[3]]", "[1]]", "[1][2]", "[1] x", "[1}", "[1:2]",
	"[\"a\" \"b\"]", "[1,\"a\",null,true,false,{},[]]", "[01]", "[1.]", "[1e]", "[-]", "[x]", "[1,x]",
	"[nul]", "[[[[[[[[[[1]]]]]]]]]]", "[\n1,\n2\n]",
	"[0.0, 0.5, 1.0, 0.0, 0.25, 3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 00.5]",
	"[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,]",
	"[0.0,1.0,2.0,1.," TAIL,
	"[0.0,1.0,2.0,1e999," TAIL,
	"[0.0,1.0,2.0,1e," TAIL,
	"[0.0,1.0,2.0,1e+," TAIL,
	"[0.0,1.0,2.0,-," TAIL,
	"[0.0,1.0,2.0,-.5," TAIL,
	"[0.0,1.0,2.0,," TAIL,
	"[0.0,1.0,2.0,00.5," TAIL,
	"[0.0,1.0,2.0,01," TAIL,
	"[0.0,1.0,2.0,-01.5," TAIL,
	"[0.0,1.0,2.0,0x1," TAIL,
	"[0.0,1.0,2.0,1.5.5," TAIL,
	"[0.0,1.0,2.0,1e5.5," TAIL,
	"[0.0,1.0,2.0,1 2," TAIL,
	"[0.0,1.0,2.0,NaN," TAIL,
	"[0.0,1.0,2.0,Inf," TAIL,
	"[0.0,1.0,2.0,--1," TAIL,
	"[0.0,1.0,2.0,+1," TAIL,
	"[0.0,1.0,2.0,1;," TAIL,
	"[0.0,1.0,2.0,null," TAIL,
	"[0.0,1.0,2.0,\"a\"," TAIL,
	"[0.0,1.0,2.0,[," TAIL,
	"[0.0,1.0,2.0,{}," TAIL,
	"[0.0,1.0,2.0,1e0001," TAIL,
	"[0.0,1.0,2.0,1e5,," TAIL,
	"[0.0,1.0,2.0,1\n," TAIL,
	// objects
	"{}", "{ }", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\" 1}",
	"{\"a\":}", "{\"a\":1 \"b\":2}", "{\"a\":1", "{\"a\":", "{\"a\"", "{\"a", "{a:1}", "{1:2}", "{null:1}",
	"{\"a\":1]", "{\"a\":1}}", "{\"a\":1} {", "{\"a\":1,\"a\":2}", "{\"\":0}", "{\"a\":{\"b\":{\"c\":[{}]}}}",
	"{\"a\":[1,{\"b\":[[],{}]}]}", "{\"instances\": [[1,2],[3,\"x\"]]}",
	// strings
	"\"\"", "\"a\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u00e9\"",
	"\"\\u20ac\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ud83d\\n\"", "\"\\ud83d\\u\"", "\"\\ud83d\\u0041\"",
	"\"\\ud83d\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\udeX0\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\u001f\\u007f\"",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"/\"", "\"\t\"", "\"\n\"", "\"a\x01z\"", std::string("\"a\0z\"", 5),
	"\"\xc3\xa9\"", "\"\xff\xfe\"", "\"\xf0\x9f\x98\x80\"", "\"\x7f\"", "\"a\" x", "{\"\\u0061\": 1}", "\"\\U00e9\"",
};

static void print(const char *text, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c > 0x7e || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

template <unsigned flags> static void record(const std::string &text, const char *how)
{
	MemoryStream bytes(text.data(), text.size());
	EncodedInputStream<UTF8<>, MemoryStream> stream(bytes);
	Document document;
	StringBuffer buffer;
	PrettyWriter<StringBuffer> writer(buffer);

	print(text.data(), text.size());
	printf("\t%s\t", how);
	document.ParseStream<flags | kParseIterativeFlag | kParseNanAndInfFlag, UTF8<> >(stream);
	if (document.HasParseError()) {
		const char *message = GetParseError_En(document.GetParseError());

		printf("%zu: ", document.GetErrorOffset());
		print(message, strlen(message));
		putchar('\n');
		return;
	}
	writer.SetFormatOptions(kFormatSingleLineArray);
	document.Accept(writer);
	print(buffer.GetString(), buffer.GetSize());
	putchar('\n');
}

int main()
{
	printf("document\tread\tanswer\n");
	for (const std::string &text : documents) {
		record<0>(text, "all");
		record<kParseStopWhenDoneFlag>(text, "first");
	}
}
