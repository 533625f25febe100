#include "tests/support/runner/expectations.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"

namespace ruff::tests {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::vector<std::string> split_words(std::string_view text, char separator) {
    std::vector<std::string> words;
    while (!text.empty()) {
        std::size_t end = text.find(separator);
        std::string_view word = trim(text.substr(0, end));
        if (!word.empty()) words.emplace_back(word);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return words;
}

std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        char c = text[++i];
        result += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return result;
}

struct Form {
    std::string_view prefix;  // behind "# "
    ExpectationKind kind;
};

constexpr Form kForms[] = {
    {"expect: ", ExpectationKind::output},          {"expect blank", ExpectationKind::blank},
    {"expect error: ", ExpectationKind::error},     {"expect refused: ", ExpectationKind::refused},
    {"expect stderr: ", ExpectationKind::error_output}, {"expect exit: ", ExpectationKind::exit_code},
};

constexpr std::string_view kDirectives[] = {"# expect", "# rule:", "# args:", "# stdin:"};

// Where the directive comment of a line begins, if it has one.
std::size_t find_directive(std::string_view line) {
    std::size_t found = line.find("# expect");
    for (std::string_view directive : kDirectives) {
        if (trim(line).starts_with(directive)) found = std::min(found, line.find('#'));
    }
    return found;
}

bool read_expectation(std::string_view comment, Expectation& expectation) {
    for (const Form& form : kForms) {
        if (!comment.starts_with(form.prefix)) continue;
        expectation.kind = form.kind;
        expectation.text = comment.substr(form.prefix.size());
        return form.kind != ExpectationKind::blank || trim(expectation.text).empty();
    }
    return false;
}


std::string shown_stream(std::string_view name, std::string_view text) {
    if (text.empty()) return {};
    std::string shown = std::string(name) + ":\n";
    std::size_t count = 0;
    for (std::string_view line : split_lines(text)) {
        if (++count > 40) return shown + "  …\n";
        shown += "  " + std::string(line.substr(0, 400)) + "\n";
    }
    return shown;
}

bool is_error_line(std::string_view line) {
    return line.starts_with("error") || line.find(": error") != std::string_view::npos;
}

// The number behind the first `file_name:` at or below `from`.
std::optional<std::size_t> reported_line(const std::vector<std::string_view>& lines, std::size_t from,
                                         std::string_view file_name) {
    std::string needle = std::string(file_name) + ":";
    for (std::size_t i = from; i < lines.size(); ++i) {
        std::size_t at = lines[i].find(needle);
        if (at == std::string_view::npos) continue;
        std::string_view digits = lines[i].substr(at + needle.size());
        std::size_t number = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc()) return number;
    }
    return std::nullopt;
}

std::string judge_diagnostic(const Expectation& expected, const std::vector<std::string_view>& lines,
                             std::string_view file_name) {
    std::string place = "line " + std::to_string(expected.line);
    std::optional<std::size_t> wrong_line;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!is_error_line(lines[i]) || lines[i].find(expected.text) == std::string_view::npos) continue;
        if (!expected.is_behind_code) return {};
        std::optional<std::size_t> reported = reported_line(lines, i, file_name);
        if (reported == expected.line) return {};
        if (!wrong_line) wrong_line = reported.value_or(0);
    }
    if (!wrong_line) return place + ": no error line of stderr contains: " + expected.text + "\n";
    return place + ": the error was reported " +
           (*wrong_line ? "at line " + std::to_string(*wrong_line) : std::string("without a position")) + ": " +
           expected.text + "\n";
}

std::string judge_errors(const Expectations& expected, const ProcessResult& result, std::string_view file_name) {
    std::vector<std::string_view> lines = split_lines(result.error);
    std::string wrong;
    bool is_said = false;
    for (const Expectation& item : expected.items) {
        switch (item.kind) {
            case ExpectationKind::error:
            case ExpectationKind::refused:
                is_said = true;
                wrong += judge_diagnostic(item, lines, file_name);
                break;
            case ExpectationKind::error_output:
                is_said = true;
                if (result.error.find(item.text) == std::string::npos) {
                    wrong += "line " + std::to_string(item.line) + ": stderr does not contain: " + item.text + "\n";
                }
                break;
            case ExpectationKind::exit_code: is_said = true; break;
            case ExpectationKind::output:
            case ExpectationKind::blank: break;
        }
    }
    if (!is_said && !result.error.empty()) wrong += "stderr is not empty\n";
    return wrong;
}

// The message of the first error that was printed.
std::string first_error(std::string_view error_output) {
    for (std::string_view line : split_lines(error_output)) {
        if (!is_error_line(line)) continue;
        std::size_t colon = line.find("error");
        colon = line.find(": ", colon);
        if (colon != std::string_view::npos) return std::string(line.substr(colon + 2));
    }
    return {};
}

std::string expectation_of(std::string_view output_line) {
    return output_line.empty() ? "# expect blank" : "# expect: " + std::string(output_line);
}

}  // namespace

bool Expectations::has(ExpectationKind kind) const {
    return std::ranges::any_of(items, [&](const Expectation& item) { return item.kind == kind; });
}

int Expectations::exit_code() const {
    for (const Expectation& item : items) {
        if (item.kind == ExpectationKind::exit_code) return std::atoi(item.text.c_str());
    }
    if (has(ExpectationKind::refused)) return 3;
    return has(ExpectationKind::error) ? 4 : 0;
}

std::string Expectations::output() const {
    std::string text;
    for (const Expectation& item : items) {
        if (item.kind == ExpectationKind::output) text += item.text + "\n";
        if (item.kind == ExpectationKind::blank) text += "\n";
    }
    return text;
}

Expectations read_expectations(std::string_view program) {
    Expectations found;
    std::size_t number = 0;
    for (std::string_view line : split_lines(program)) {
        ++number;
        std::size_t at = find_directive(line);
        if (at == std::string_view::npos) continue;
        std::string_view comment = line.substr(at + 2);
        if (comment.starts_with("rule:")) {
            for (std::string& rule : split_words(comment.substr(5), ',')) found.rules.push_back(std::move(rule));
        } else if (comment.starts_with("args:")) {
            found.arguments = split_words(comment.substr(5), ' ');
        } else if (comment.starts_with("stdin:")) {
            std::string_view text = comment.substr(6);
            found.input += unescape(text.starts_with(' ') ? text.substr(1) : text);
        } else {
            Expectation expectation{};
            if (!read_expectation(comment, expectation)) {
                found.mistakes.push_back("line " + std::to_string(number) + ": not an expectation: # " +
                                         std::string(comment));
                continue;
            }
            expectation.line = number;
            expectation.is_behind_code = !trim(line.substr(0, at)).empty();
            expectation.begin = static_cast<std::size_t>(line.data() - program.data()) + at;
            expectation.end = static_cast<std::size_t>(line.data() - program.data()) + line.size();
            found.items.push_back(std::move(expectation));
        }
    }
    return found;
}

std::string judge_run(const Expectations& expected, const ProcessResult& result, std::string_view file_name) {
    std::string wrong;
    if (result.has_crashed() || !result.not_started.empty()) {
        wrong = result.describe_end() + "\n";
    } else if (result.exit_code != expected.exit_code()) {
        wrong = "exit code " + std::to_string(result.exit_code) + " instead of " +
                std::to_string(expected.exit_code()) + "\n";
    }
    std::string diff = diff_lines(expected.output(), result.output);
    if (!diff.empty()) wrong += "stdout (- expected, + actual):\n" + diff;
    wrong += judge_errors(expected, result, file_name);
    if (!wrong.empty()) wrong += shown_stream("stderr", result.error);
    return wrong;
}

std::optional<std::string> rewrite_expectations(std::string_view program, const Expectations& expected,
                                                const ProcessResult& result) {
    if (result.has_crashed() || !result.not_started.empty()) return std::nullopt;
    std::vector<std::string_view> output = split_lines(result.output);
    std::string rewritten;
    std::size_t copied = 0, next = 0;
    for (const Expectation& item : expected.items) {
        std::string replacement;
        if (item.kind == ExpectationKind::output || item.kind == ExpectationKind::blank) {
            if (next < output.size()) replacement = expectation_of(output[next++]);
        } else if (item.kind == ExpectationKind::error && result.error.find(item.text) == std::string::npos) {
            replacement = "# expect error: " + first_error(result.error);
        } else {
            continue;
        }
        rewritten += program.substr(copied, item.begin - copied);
        copied = item.end;
        if (replacement.empty()) {  // the comment goes, with its line or the blanks before it
            while (rewritten.ends_with(' ')) rewritten.pop_back();
            bool is_whole_line = rewritten.empty() || rewritten.ends_with('\n');
            if (is_whole_line && copied < program.size()) ++copied;
        }
        rewritten += replacement;
    }
    rewritten += program.substr(copied);
    if (next < output.size()) {
        if (!rewritten.empty() && !rewritten.ends_with('\n')) rewritten += '\n';
        std::vector<std::string_view> rest(output.begin() + static_cast<std::ptrdiff_t>(next), output.end());
        for (std::string_view line : rest) rewritten += expectation_of(line) + "\n";
    }
    return rewritten;
}

}  // namespace ruff::tests
