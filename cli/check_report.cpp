#include "cli/check_report.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "core/support/escape.h"
#include "core/support/render.h"

namespace ruff::cli {
namespace {

bool stdout_has_color() {
    const char* no_color = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || no_color[0] == '\0');
}

std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

LineColumn position_of(const SourceFile& source, std::uint32_t offset) {
    const LineColumn at = source.lines().position(offset, PositionEncoding::Utf32);
    return {at.line + 1, at.column + 1};
}

void append_json_field(std::string& out, std::string_view name, std::string_view text) {
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, text);
}

void append_json_range(std::string& out, const SourceFile& source, Span span) {
    const LineColumn begin = position_of(source, span.begin), end = position_of(source, span.end);
    out += "\"line\": " + std::to_string(begin.line) + ", \"column\": " + std::to_string(begin.column) +
           ", \"end_line\": " + std::to_string(end.line) + ", \"end_column\": " + std::to_string(end.column);
}

void append_json_fix(std::string& out, const SourceFile& source, const Fix& fix) {
    constexpr std::string_view kSafety[] = {"safe", "unsafe", "display"};
    out += "{";
    append_json_field(out, "title", fix.title);
    out += ", ";
    append_json_field(out, "safety", kSafety[static_cast<std::size_t>(fix.safety)]);
    out += ", \"edits\": [";
    for (const TextEdit& edit : fix.edits) {
        if (&edit != fix.edits.data()) out += ", ";
        out += "{";
        append_json_range(out, source, edit.span);
        out += ", ";
        append_json_field(out, "text", edit.text);
        out += "}";
    }
    out += "]}";
}

std::string json_object(const CheckedFile& file, const Diagnostic& diagnostic) {
    std::string out = "{";
    append_json_field(out, "file", file.path);
    out += ", ";
    append_json_range(out, *file.source, diagnostic.span);
    out += ", ";
    append_json_field(out, "severity", severity_name(diagnostic.severity));
    out += ", ";
    append_json_field(out, "rule", diagnostic.code);
    out += ", ";
    append_json_field(out, "message", diagnostic.message);
    out += ", ";
    append_json_field(out, "help", diagnostic.help);
    out += ", \"fixes\": [";
    for (const Fix& fix : diagnostic.fixes) {
        if (&fix != diagnostic.fixes.data()) out += ", ";
        append_json_fix(out, *file.source, fix);
    }
    return out + "]}";
}

std::string json_report(const std::vector<CheckedFile>& files) {
    std::string out = "[";
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) out += (out.size() == 1 ? "\n  " : ",\n  ") + json_object(file, each);
    }
    return out + (out.size() == 1 ? "]\n" : "\n]\n");
}

std::string json_lines_report(const std::vector<CheckedFile>& files) {
    std::string out;
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) out += json_object(file, each) + "\n";
    }
    return out;
}

/// Data of a workflow command: `%`, line ends, and in properties `:` and `,` too, are written as `%XX`.
std::string github_text(std::string_view text, bool is_property) {
    std::string out;
    for (const char c : text) {
        char escape[8];
        const bool is_special = c == '%' || c == '\n' || c == '\r' || (is_property && (c == ':' || c == ','));
        if (is_special) std::snprintf(escape, sizeof escape, "%%%02X", c), out += escape;
        else out += c;
    }
    return out;
}

/// The annotations of GitHub workflows: `::error file=a.ruff,line=1,col=2,…::message`.
std::string github_report(const std::vector<CheckedFile>& files) {
    std::string out;
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) {
            const LineColumn begin = position_of(*file.source, each.span.begin), end = position_of(*file.source, each.span.end);
            const std::string_view level = each.severity == Severity::Error     ? "error"
                                           : each.severity == Severity::Warning ? "warning"
                                                                                : "notice";
            out += "::" + std::string(level) + " file=" + github_text(file.path, true) + ",line=" + std::to_string(begin.line) +
                   ",col=" + std::to_string(begin.column) + ",endLine=" + std::to_string(end.line) + ",endColumn=" +
                   std::to_string(end.column) + ",title=" + std::string(each.code) + "::" + github_text(each.message, false) + "\n";
        }
    }
    return out;
}

std::string concise_report(const std::vector<CheckedFile>& files) {
    std::string out;
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) {
            const LineColumn at = position_of(*file.source, each.span.begin);
            out += file.path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                   std::string(severity_name(each.severity)) + "[" + std::string(each.code) + "]: " + each.message + "\n";
        }
    }
    return out;
}

/// The first hundred in all, then how many there are beside.
std::string full_report(const std::vector<CheckedFile>& files) {
    RenderOptions options;
    options.use_color = stdout_has_color();
    std::size_t left = options.limit, hidden = 0;
    std::string out;
    for (const CheckedFile& file : files) {
        const std::size_t shown = std::min(left, file.diagnostics.size());
        for (std::size_t i = 0; i < shown; ++i) out += render_diagnostic(*file.source, file.diagnostics[i], options) + "\n";
        left -= shown;
        hidden += file.diagnostics.size() - shown;
    }
    if (hidden > 0) out += "... and " + std::to_string(hidden) + " more\n\n";
    return out;
}

std::string summary(const std::vector<CheckedFile>& files) {
    std::size_t file_count = 0, count = 0, fixable = 0, fixed = 0;
    for (const CheckedFile& file : files) {
        file_count += file.source != nullptr ? 1 : 0;
        count += file.diagnostics.size();
        fixed += file.fixed_count;
        fixable += lint::choose_edits(file.diagnostics, false).empty() ? 0 : 1;
    }
    std::string text;
    if (fixed > 0) text += counted(fixed, "edit") + " made. ";
    text += (count == 0 ? std::string("No problems") : counted(count, "problem")) + " in " + counted(file_count, "file") + ".";
    if (fixable > 0) text += " `ruff check --fix` repairs some of them.";
    return text + "\n";
}


// --- SARIF 2.1.0 ---------------------------------------------------------------------------------------------------

/// A relative reference: bytes that may not stand in one are written as `%XX`.
std::string uri_text(std::string_view path) {
    std::string uri;
    for (const char c : path) {
        const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos;
        char escape[8];
        if (is_plain) uri += c;
        else std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c)), uri += escape;
    }
    return uri;
}

std::string sarif_region(const SourceFile& source, Span span) {
    const LineColumn begin = position_of(source, span.begin), end = position_of(source, span.end);
    return "{\"startLine\": " + std::to_string(begin.line) + ", \"startColumn\": " + std::to_string(begin.column) +
           ", \"endLine\": " + std::to_string(end.line) + ", \"endColumn\": " + std::to_string(end.column) + "}";
}

std::string sarif_location(std::string_view path, const SourceFile& source, Span span) {
    return "\"physicalLocation\": {\"artifactLocation\": {\"uri\": " + json_string(uri_text(path)) + "}, \"region\": " +
           sarif_region(source, span) + "}";
}

std::string_view sarif_level(Severity severity) {
    return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

std::string sarif_fix(std::string_view path, const SourceFile& source, const Fix& fix) {
    std::string out = "{\"description\": {\"text\": " + json_string(fix.title) + "}, \"artifactChanges\": [{\"artifactLocation\": {\"uri\": " +
                      json_string(uri_text(path)) + "}, \"replacements\": [";
    for (const TextEdit& edit : fix.edits) {
        if (&edit != fix.edits.data()) out += ", ";
        out += "{\"deletedRegion\": " + sarif_region(source, edit.span) + ", \"insertedContent\": {\"text\": " + json_string(edit.text) + "}}";
    }
    return out + "]}]}";
}

std::string sarif_result(const CheckedFile& file, const Diagnostic& found) {
    std::string out = "        {\"ruleId\": " + json_string(found.code) + ", \"level\": \"" + std::string(sarif_level(found.severity)) + "\",\n";
    const std::string message = found.help.empty() ? found.message : found.message + "; " + found.help;
    out += "         \"message\": {\"text\": " + json_string(message) + "},\n";
    out += "         \"locations\": [{" + sarif_location(file.path, *file.source, found.span) + "}]";
    std::string related, fixes;
    for (const Label& label : found.labels) {
        const SourceFile& source = label.source == nullptr ? *file.source : *label.source;
        related += (related.empty() ? "{" : ", {") + sarif_location(source.path(), source, label.span) + ", \"message\": {\"text\": " +
                   json_string(label.text) + "}}";
    }
    for (const Fix& fix : found.fixes) {
        if (!fix.edits.empty()) fixes += (fixes.empty() ? "" : ", ") + sarif_fix(file.path, *file.source, fix);
    }
    if (!related.empty()) out += ",\n         \"relatedLocations\": [" + related + "]";
    if (!fixes.empty()) out += ",\n         \"fixes\": [" + fixes + "]";
    return out + "}";
}

/// The rules that have findings, each once, in the order of the table; mistakes that are no rules come after them.
std::string sarif_rules(const std::vector<CheckedFile>& files) {
    std::vector<std::string_view> codes;
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) codes.push_back(each.code);
    }
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    std::string out;
    for (const std::string_view code : codes) {
        const lint::Rule* rule = lint::find_rule(code);
        out += out.empty() ? "\n          {" : ",\n          {";
        append_json_field(out, "id", code);
        if (rule != nullptr) {
            out += ", \"defaultConfiguration\": {\"level\": \"" + std::string(sarif_level(rule->severity)) + "\"}, \"help\": {\"text\": " +
                   json_string(lint::rule_page(*rule)) + "}";
        }
        out += "}";
    }
    return out.empty() ? "[]" : "[" + out + "]";
}

std::string sarif_report(const std::vector<CheckedFile>& files) {
    std::string results;
    for (const CheckedFile& file : files) {
        for (const Diagnostic& each : file.diagnostics) results += (results.empty() ? "\n" : ",\n") + sarif_result(file, each);
    }
    return "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n"
           "      \"tool\": {\"driver\": {\"name\": \"ruff\", \"version\": " + json_string(RUFF_VERSION) + ", \"rules\": " + sarif_rules(files) +
           "}},\n      \"columnKind\": \"unicodeCodePoints\",\n      \"results\": [" + results + "]\n    }\n  ]\n}\n";
}

// --- JUnit ---------------------------------------------------------------------------------------------------------

/// A test suite a file, and in it a failed test a finding; a file without findings is one test that has passed.
std::string junit_report(const std::vector<CheckedFile>& files) {
    std::string suites;
    std::size_t tests = 0, failures = 0;
    for (const CheckedFile& file : files) {
        if (file.source == nullptr) continue;
        const std::size_t found = file.diagnostics.size();
        tests += std::max<std::size_t>(found, 1);
        failures += found;
        const std::string name = xml_text(file.path);
        suites += "  <testsuite name=\"" + name + "\" tests=\"" + std::to_string(std::max<std::size_t>(found, 1)) + "\" failures=\"" +
                  std::to_string(found) + "\" errors=\"0\">\n";
        if (found == 0) suites += "    <testcase name=\"" + name + "\" classname=\"" + name + "\"/>\n";
        for (const Diagnostic& each : file.diagnostics) {
            const LineColumn at = position_of(*file.source, each.span.begin);
            const std::string place = std::to_string(at.line) + ":" + std::to_string(at.column);
            suites += "    <testcase name=\"" + std::string(each.code) + " at " + place + "\" classname=\"" + name + "\">\n      <failure type=\"" +
                      std::string(severity_name(each.severity)) + "\" message=\"" + xml_text(each.message) + "\">" +
                      xml_text(file.path + ":" + place + ": " + each.message) + "</failure>\n    </testcase>\n";
        }
        suites += "  </testsuite>\n";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ruff check\" tests=\"" + std::to_string(tests) + "\" failures=\"" +
           std::to_string(failures) + "\" errors=\"0\">\n" + suites + "</testsuites>\n";
}

}  // namespace

std::string report_findings(std::string_view format, const std::vector<CheckedFile>& files) {
    if (format == "json") return json_report(files);
    if (format == "jsonl") return json_lines_report(files);
    if (format == "github") return github_report(files);
    if (format == "sarif") return sarif_report(files);
    if (format == "junit") return junit_report(files);
    return (format == "concise" ? concise_report(files) : full_report(files)) + summary(files);
}

}  // namespace ruff::cli
