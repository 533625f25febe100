// tests/lsp/*.txt: conversations with the language server, a workspace a case.
//
//     >>> what it shows
//     --- main.ruff
//     func add(a, b) { return a + b }
//     print(ad⟦1⟧d(1, 2))
//     --- do
//     definition 1
//     <<<
//     definition 1
//         main.ruff 1:6..1:9
//
// `⟦name⟧` marks a place and is taken out. Files whose section ends in `(disk)` are only on disk, the others are open
// too. The commands below `--- do` are run one after the other; each shows what the server answered, ranges as
// line:column from 1 in code points. Every message is checked against the schema of the protocol. Every case runs under utf-8, utf-16 and utf-32, and has to show the same.
//
//     hover M, definition M, type-definition M, references M, highlight M, signature M, prepare-rename M, folds FILE,
//     symbols FILE, find TEXT, links FILE, lenses FILE, hints FILE, tokens FILE, selection M, incoming M, outgoing M,
//     diagnostics FILE
//     complete M [WORDS]     the items with these labels, or all but builtins and keywords
//     accept M LABEL         resolves an item and applies it
//     rename M NAME, actions M [M2], action M [M2] "TITLE", format FILE, format-range M M2, type M TEXT, move FILE FILE2,
//     command NAME FILE      change files, which are shown
//     edit M [M2] "TEXT"     a change of the client, with \n for a line break and \" for a quotation mark
//     close FILE
//     save FILE "TEXT"       a change on disk
//     delete FILE            takes it from the disk
//     settings               switches the inlay hints on
//     pull FILE, pull-workspace   of clients that ask for diagnostics; the title ends in `(pull)`

#include <algorithm>
#include <sstream>

#include "tests/support/lsp/session_driver.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/sections.h"
#include "tests/support/runner/suite.h"

namespace ruff::tests {
namespace {

using lsp::Json;
using lsp::make_object;

constexpr std::string_view kOpenMark = "⟦";
constexpr std::string_view kCloseMark = "⟧";

struct Place {
    std::string path;
    std::uint32_t offset = 0;
};

struct Workspace {
    std::vector<std::pair<std::string, std::string>> files;  // path and text, in order
    std::vector<std::string> on_disk;
    std::map<std::string, Place> places;
    std::vector<std::string> commands;
};

/// Takes the marks out of a text.
std::string take_marks(std::string_view text, const std::string& path, std::map<std::string, Place>& places) {
    std::string out;
    for (;;) {
        const std::size_t at = text.find(kOpenMark);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        const std::size_t end = text.find(kCloseMark, at);
        const std::string name(text.substr(at + kOpenMark.size(), end - at - kOpenMark.size()));
        places[name] = {path, static_cast<std::uint32_t>(out.size())};
        text.remove_prefix(end + kCloseMark.size());
    }
}

Workspace read_workspace(std::string_view input) {
    Workspace workspace;
    std::string path, text;
    const auto finish = [&] {
        if (!path.empty()) workspace.files.emplace_back(path, take_marks(text, path, workspace.places));
        text.clear();
    };
    bool has_files_ended = false;
    for (const std::string_view line : split_lines(input)) {
        if (line == "--- do") {
            finish();
            has_files_ended = true;
        } else if (line.starts_with("--- ")) {
            finish();
            path = line.substr(4);
            if (path.ends_with(" (disk)")) workspace.on_disk.push_back(path = path.substr(0, path.size() - 7));
        } else if (has_files_ended) {
            if (!line.empty()) workspace.commands.emplace_back(line);
        } else {
            text += std::string(line) + "\n";
        }
    }
    return workspace;
}

/// Words, and texts in quotation marks.
std::vector<std::string> read_words(const std::string& command) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < command.size();) {
        if (command[at] == ' ') {
            ++at;
            continue;
        }
        std::string word;
        if (command[at] == '"') {
            for (++at; at < command.size() && command[at] != '"'; ++at) {
                const bool is_escape = command[at] == '\\' && at + 1 < command.size();
                if (is_escape) ++at;
                word += is_escape && command[at] == 'n' ? '\n' : command[at];
            }
            ++at;
        } else {
            while (at < command.size() && command[at] != ' ') word += command[at++];
        }
        words.push_back(std::move(word));
    }
    return words;
}

class Conversation {
public:
    Conversation(Workspace workspace, const std::filesystem::path& folder, const std::string& encoding, bool pulls)
        : workspace_(std::move(workspace)), folder_(folder), driver_(prepare(workspace_, folder), {encoding, {}, pulls}) {
        driver_.on_change = [this](const std::string& path, std::uint32_t begin, std::uint32_t end, std::size_t size) {
            for (auto& [name, place] : workspace_.places) {
                if (place.path != path || place.offset < end || place.offset == begin) continue;
                place.offset = static_cast<std::uint32_t>(place.offset - (end - begin) + size);
            }
        };
        for (const auto& [path, text] : workspace_.files) {
            const bool is_on_disk = std::find(workspace_.on_disk.begin(), workspace_.on_disk.end(), path) != workspace_.on_disk.end();
            if (!is_on_disk && path.ends_with(".ruff")) driver_.open(path, text);
        }
    }

    std::string run() {
        for (const std::string& command : workspace_.commands) {
            out_ += command + "\n";
            run_command(read_words(command));
        }
        if (!driver_.mistakes().empty()) out_ += "Against the schema of the protocol:\n" + driver_.mistakes();
        return out_;
    }

private:
    static std::filesystem::path prepare(const Workspace& workspace, const std::filesystem::path& folder) {
        for (const auto& [path, text] : workspace.files) write_file(folder / path, text);
        return folder;
    }

    Json at(const std::string& mark) {
        const Place& place = workspace_.places.at(mark);
        Json params = driver_.document(place.path);
        params.set("position", driver_.position(place.path, place.offset));
        return params;
    }

    Json range_params(const std::string& from, const std::string& to) {
        const Place& begin = workspace_.places.at(from);
        const Place& end = workspace_.places.at(to);
        Json params = driver_.document(begin.path);
        params.set("range", driver_.range(begin.path, begin.offset, end.offset));
        return params;
    }

    /// By value: the answer is gone when the loop over it begins.
    static Json::Array items_of(const Json& answer) { return answer.items(); }

    void line(const std::string& text) { out_ += "    " + text + "\n"; }

    void block(std::string_view text) {
        for (const std::string_view each : split_lines(text)) out_ += each.empty() ? "\n" : "    " + std::string(each) + "\n";
    }

    // --- showing answers ----------------------------------------------------------------------------------------

    std::string point(const std::string& path, const Json& position) {
        if (!driver_.texts().contains(path)) {
            return std::to_string(*position["line"].integer() + 1) + ":" + std::to_string(*position["character"].integer() + 1);
        }
        const std::string& text = driver_.text(path);
        const std::uint32_t offset = driver_.offset(path, position);
        const LineColumn at = LineIndex(text).position(offset, PositionEncoding::Utf32);
        const std::string shown = std::to_string(at.line + 1) + ":" + std::to_string(at.column + 1);
        const bool is_exact = lsp::write_json(driver_.position(path, offset)) == lsp::write_json(position);
        return shown + (is_exact ? "" : " (outside: " + lsp::write_json(position) + ")");
    }
    std::string range_text(const std::string& path, const Json& range) {
        return point(path, range["start"]) + ".." + point(path, range["end"]);
    }
    std::string location_text(const Json& location) {
        const std::string path = driver_.path_of(location["uri"].text());
        return path + " " + range_text(path, location["range"]);
    }

    bool show_error(const Json& answer) {
        if (!answer.has("error")) return false;
        line("error: " + std::string(answer["error"]["message"].text()));
        return true;
    }

    void show_locations(const Json& answer) {
        if (show_error(answer)) return;
        if (answer.is_null() || (answer.is_array() && answer.items().empty())) return line("nothing");
        if (answer.is_object()) return line(location_text(answer));
        std::vector<std::string> lines;
        for (const Json& each : answer.items()) lines.push_back(location_text(each));
        std::sort(lines.begin(), lines.end());
        for (const std::string& each : lines) line(each);
    }

    void show_symbols(const std::string& path, const Json& symbols, const std::string& indent) {
        for (const Json& symbol : symbols.items()) {
            std::string text = indent + std::string(symbol["name"].text()) + " (" + std::to_string(*symbol["kind"].integer()) + ") ";
            text += range_text(path, symbol["range"]) + " name " + range_text(path, symbol["selectionRange"]);
            line(text);
            show_symbols(path, symbol["children"], indent + "  ");
        }
    }

    void show_diagnostics(const std::string& path) {
        const Json found = driver_.diagnostics(path);
        if (found.items().empty()) line(found.is_null() ? "none published" : "none");
        for (const Json& each : found.items()) {
            std::string message(each["message"].text());
            message = message.substr(0, message.find('\n'));
            line(range_text(path, each["range"]) + " " + std::string(each["code"].text()) + ": " + message);
        }
    }

    /// The open files whose text is not what it was.
    void show_changes(const std::map<std::string, std::string>& before) {
        bool has_changed = false;
        for (const auto& [path, text] : driver_.texts()) {
            if (before.contains(path) && before.at(path) == text) continue;
            has_changed = true;
            line("--- " + path);
            block(text);
        }
        if (!has_changed) line("no change");
    }

    void apply_answer(const Json& answer, const std::string& path = {}) {
        const std::map<std::string, std::string> before = driver_.texts();
        if (show_error(answer)) return;
        const std::string mistake = path.empty() ? driver_.apply_workspace_edit(answer) : driver_.apply(path, answer);
        if (!mistake.empty()) line(mistake);
        show_changes(before);
    }

    // --- commands -----------------------------------------------------------------------------------------------

    void run_command(const std::vector<std::string>& words) {
        const std::string& name = words[0];
        const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
        if (name == "hover") {
            const Json answer = driver_.request("textDocument/hover", at(word(1)));
            if (answer.is_null()) return line("nothing");
            line(range_text(workspace_.places.at(word(1)).path, answer["range"]));
            block(answer["contents"]["value"].text());
        } else if (name == "definition" || name == "references" || name == "type-definition") {
            Json params = at(word(1));
            if (name == "references") params.set("context", make_object("includeDeclaration", true));
            const std::string method = name == "type-definition" ? "typeDefinition" : name;
            show_locations(driver_.request("textDocument/" + method, params));
        } else if (name == "highlight") {
            const std::string path = workspace_.places.at(word(1)).path;
            for (const Json& each : items_of(driver_.request("textDocument/documentHighlight", at(word(1))))) {
                line(range_text(path, each["range"]) + (each["kind"].integer() == 3 ? " write" : " read"));
            }
        } else if (name == "signature") {
            show_signature(driver_.request("textDocument/signatureHelp", at(word(1))));
        } else if (name == "prepare-rename") {
            const Json answer = driver_.request("textDocument/prepareRename", at(word(1)));
            if (!show_error(answer)) line(range_text(workspace_.places.at(word(1)).path, answer["range"]) + " " + std::string(answer["placeholder"].text()));
        } else if (name == "symbols") {
            show_symbols(word(1), driver_.request("textDocument/documentSymbol", driver_.document(word(1))), "");
        } else if (name == "find") {
            const Json found = driver_.request("workspace/symbol", make_object("query", word(1)));
            for (const Json& each : found.items()) line(std::string(each["name"].text()) + " " + location_text(each["location"]));
            if (found.items().empty()) line("nothing");
        } else if (name == "diagnostics") {
            show_diagnostics(word(1));
        } else if (name == "edit") {
            const Place& place = workspace_.places.at(word(1));
            const std::uint32_t end = words.size() > 3 ? workspace_.places.at(word(2)).offset : place.offset;
            driver_.change(place.path, place.offset, end, words.back());
        } else if (name == "close") {
            driver_.close(word(1));
        } else if (name == "save" || name == "delete") {
            if (name == "save") write_file(folder_ / word(1), word(2));
            else std::filesystem::remove(folder_ / word(1));
            Json changes;
            changes.push(make_object("uri", driver_.uri(word(1)), "type", name == "save" ? 2 : 3));
            driver_.notify("workspace/didChangeWatchedFiles", make_object("changes", std::move(changes)));
        } else if (name == "rename") {
            Json params = at(word(1));
            params.set("newName", word(2));
            apply_answer(driver_.request("textDocument/rename", params));
        } else if (name == "complete") {
            show_items(driver_.request("textDocument/completion", at(word(1))), {words.begin() + 2, words.end()});
        } else if (name == "accept") {
            accept_item(word(1), word(2));
        } else if (name == "actions" || name == "action") {
            run_action(words);
        } else if (name == "format") {
            Json params = driver_.document(word(1));
            params.set("options", make_object("tabSize", 4, "insertSpaces", true));
            apply_answer(driver_.request("textDocument/formatting", params), word(1));
        } else if (name == "format-range") {
            Json params = range_params(word(1), word(2));
            params.set("options", make_object("tabSize", 4, "insertSpaces", true));
            apply_answer(driver_.request("textDocument/rangeFormatting", params), workspace_.places.at(word(1)).path);
        } else if (name == "type") {
            type_text(word(1), word(2));
        } else if (name == "command") {
            Json arguments;
            arguments.push(driver_.uri(word(2)));
            const std::map<std::string, std::string> before = driver_.texts();
            const Json answer = driver_.request("workspace/executeCommand", make_object("command", word(1), "arguments", std::move(arguments)));
            if (!show_error(answer)) show_changes(before);
        } else if (!run_more(words)) {
            line("unknown command");
        }
    }

    /// What shows lists.
    bool run_more(const std::vector<std::string>& words) {
        const std::string& name = words[0];
        const std::string& subject = words.size() > 1 ? words[1] : name;
        if (name == "folds") {
            for (const Json& each : items_of(driver_.request("textDocument/foldingRange", driver_.document(subject)))) {
                std::string text = std::to_string(*each["startLine"].integer() + 1) + ".." + std::to_string(*each["endLine"].integer() + 1);
                line(text + (each.has("kind") ? " " + std::string(each["kind"].text()) : ""));
            }
        } else if (name == "links") {
            for (const Json& each : items_of(driver_.request("textDocument/documentLink", driver_.document(subject)))) {
                line(range_text(subject, each["range"]) + " " + driver_.path_of(each["target"].text()));
            }
        } else if (name == "lenses") {
            for (const Json& each : items_of(driver_.request("textDocument/codeLens", driver_.document(subject)))) {
                line(range_text(subject, each["range"]) + " " + std::string(each["command"]["title"].text()) + " " +
                     std::string(each["command"]["command"].text()) + argument_text(each["command"]["arguments"]));
            }
        } else if (name == "hints") {
            Json params = driver_.document(subject);
            params.set("range", driver_.range(subject, 0, static_cast<std::uint32_t>(driver_.text(subject).size())));
            for (const Json& each : items_of(driver_.request("textDocument/inlayHint", params))) {
                line(point(subject, each["position"]) + " " + std::string(each["label"].text()));
            }
        } else if (name == "pull") {
            Json params = driver_.document(subject);
            if (pulled_.contains(subject)) params.set("previousResultId", pulled_[subject]);
            const Json answer = driver_.request("textDocument/diagnostic", params);
            pulled_[subject] = answer["resultId"].text();
            line(std::string(answer["kind"].text()));
            for (const Json& each : answer["items"].items()) line(range_text(subject, each["range"]) + " " + std::string(each["code"].text()));
        } else if (name == "pull-workspace") {
            show_workspace_report();
        } else if (name == "settings") {
            driver_.settings = make_object("inlayHints", make_object("parameterNames", true, "types", true));
            driver_.notify("workspace/didChangeConfiguration", make_object("settings", Json()));
        } else if (name == "tokens") {
            show_tokens(subject, driver_.request("textDocument/semanticTokens/full", driver_.document(subject))["data"]);
        } else if (name == "selection") {
            Json positions;
            positions.push(at(subject)["position"]);
            Json params = driver_.document(workspace_.places.at(subject).path);
            params.set("positions", std::move(positions));
            const Json answer = driver_.request("textDocument/selectionRange", params);
            for (Json each = answer.items()[0]; !each.is_null(); each = Json(each["parent"])) {
                line(range_text(workspace_.places.at(subject).path, each["range"]));
            }
        } else if (name == "incoming" || name == "outgoing") {
            show_calls(name == "incoming", subject);
        } else if (name == "move") {
            Json files;
            files.push(make_object("oldUri", driver_.uri(words[1]), "newUri", driver_.uri(words[2])));
            apply_answer(driver_.request("workspace/willRenameFiles", make_object("files", std::move(files))));
        } else {
            return false;
        }
        return true;
    }

    /// What a command gets besides the document.
    static std::string argument_text(const Json& arguments) {
        return arguments.items().size() < 2 ? std::string() : " \"" + std::string(arguments.items()[1].text()) + "\"";
    }

    /// What is news for a client that knows what it was told before.
    void show_workspace_report() {
        Json known{Json::Array{}};
        for (const auto& [uri, id] : reported_) known.push(make_object("uri", uri, "value", id));
        const Json answer = driver_.request("workspace/diagnostic", make_object("previousResultIds", std::move(known)));
        if (answer.has("error")) return line(std::string(answer["error"]["message"].text()));
        std::vector<std::string> lines;
        for (const Json& report : answer["items"].items()) {
            reported_[std::string(report["uri"].text())] = report["resultId"].text();
            std::string text = driver_.path_of(report["uri"].text());
            for (const Json& each : report["items"].items()) text += " " + std::string(each["code"].text());
            lines.push_back(std::move(text));
        }
        std::sort(lines.begin(), lines.end());
        for (const std::string& each : lines) line(each);
    }

    void show_calls(bool is_incoming, const std::string& mark) {
        const Json items = driver_.request("textDocument/prepareCallHierarchy", at(mark));
        if (items.items().empty()) return line("nothing");
        const Json params = make_object("item", items.items()[0]);
        const Json calls = driver_.request(is_incoming ? "callHierarchy/incomingCalls" : "callHierarchy/outgoingCalls", params);
        for (const Json& call : calls.items()) {
            const Json& other = call[is_incoming ? "from" : "to"];
            const std::string from = driver_.path_of(is_incoming ? other["uri"].text() : items.items()[0]["uri"].text());
            std::string text = std::string(other["name"].text()) + " at";
            for (const Json& range : call["fromRanges"].items()) text += " " + range_text(from, range);
            line(text);
        }
        if (calls.items().empty()) line("no calls");
    }

    void show_tokens(const std::string& path, const Json& data) {
        static constexpr std::string_view kModifiers[] = {"declaration", "readonly", "async", "defaultLibrary", "mutable"};
        std::int64_t token_line = 0, column = 0;
        const Json::Array& numbers = data.items();
        for (std::size_t i = 0; i + 4 < numbers.size(); i += 5) {
            const auto number = [&](std::size_t k) { return *numbers[i + k].integer(); };
            column = number(0) == 0 ? column + number(1) : number(1);
            token_line += number(0);
            const Json begin = make_object("line", token_line, "character", column);
            const Json end = make_object("line", token_line, "character", column + number(2));
            const std::uint32_t from = driver_.offset(path, begin), to = driver_.offset(path, end);
            std::string text = point(path, begin) + " " + driver_.text(path).substr(from, to - from) + " " +
                               std::string(lsp::semantic_token_types({})[static_cast<std::size_t>(number(3))]);
            for (std::size_t bit = 0; bit < std::size(kModifiers); ++bit) {
                if ((number(4) >> bit) & 1) text += " " + std::string(kModifiers[bit]);
            }
            line(text);
        }
    }

    void show_signature(const Json& answer) {
        if (answer.is_null()) return line("nothing");
        const Json& active = answer["signatures"].items()[static_cast<std::size_t>(*answer["activeSignature"].integer())];
        line(std::string(active["label"].text()));
        const auto index = static_cast<std::size_t>(*answer["activeParameter"].integer());
        const Json::Array& parameters = active["parameters"].items();
        if (index >= parameters.size()) return line("no parameter");
        const Json::Array& range = parameters[index]["label"].items();
        const LineIndex label(active["label"].text());
        const auto at = [&](std::size_t i) { return label.offset({0, static_cast<std::uint32_t>(*range[i].integer())}, PositionEncoding::Utf16); };
        line("parameter " + std::string(active["label"].text().substr(at(0), at(1) - at(0))));
    }

    void show_items(const Json& answer, const std::vector<std::string>& wanted) {
        const Json& items = answer.is_array() ? answer : answer["items"];
        std::size_t shown = 0;
        for (const Json& item : items.items()) {
            const std::string label(item["label"].text());
            const bool is_wanted = std::find(wanted.begin(), wanted.end(), label) != wanted.end();
            const bool is_plain = item["sortText"].text() < "6";
            if (wanted.empty() ? !is_plain : !is_wanted) continue;
            std::string text = label + std::string(item["labelDetails"]["detail"].text()) + " (" + std::to_string(*item["kind"].integer()) + ")";
            if (item.has("detail")) text += " " + std::string(item["detail"].text());
            line(text);
            ++shown;
        }
        if (shown == 0) line("nothing");
    }

    void accept_item(const std::string& mark, const std::string& label) {
        const std::string path = workspace_.places.at(mark).path;
        const Json answer = driver_.request("textDocument/completion", at(mark));
        for (const Json& each : (answer.is_array() ? answer : answer["items"]).items()) {
            if (each["label"].text() != label) continue;
            const Json item = driver_.request("completionItem/resolve", each);
            Json edits = item["additionalTextEdits"];
            edits.push(item["textEdit"]);
            return apply_answer(edits, path);
        }
        line("no such item");
    }

    void run_action(const std::vector<std::string>& words) {
        const bool is_list = words[0] == "actions";
        const std::size_t mark_count = words.size() - 1 - (is_list ? 0 : 1);
        Json params = range_params(words[1], words[mark_count > 1 ? 2 : 1]);
        params.set("context", make_object("diagnostics", Json::Array{}));
        const Json actions = driver_.request("textDocument/codeAction", params);
        for (const Json& action : actions.items()) {
            if (is_list) {
                line(std::string(action["kind"].text()) + ": " + std::string(action["title"].text()) + (action["isPreferred"].is_true() ? " (preferred)" : ""));
            } else if (action["title"].text() == words.back()) {
                return apply_answer(Json(driver_.request("codeAction/resolve", action)["edit"]));
            }
        }
        if (!is_list) line("no such action");
        else if (actions.items().empty()) line("nothing");
    }

    void type_text(const std::string& mark, const std::string& text) {
        const Place& place = workspace_.places.at(mark);
        driver_.change(place.path, place.offset, place.offset, text);
        Json params = driver_.document(place.path);
        params.set("position", driver_.position(place.path, place.offset + static_cast<std::uint32_t>(text.size())));
        params.set("ch", text.substr(text.size() - 1)).set("options", make_object("tabSize", 4, "insertSpaces", true));
        apply_answer(driver_.request("textDocument/onTypeFormatting", params), place.path);
    }

    Workspace workspace_;
    const std::filesystem::path folder_;
    SessionDriver driver_;
    std::map<std::string, std::string> pulled_, reported_;  // ids of what was told
    std::string out_;
};

std::string converse(const Section& section) {
    const Workspace workspace = read_workspace(section.input);
    std::string first;
    for (const char* encoding : {"utf-8", "utf-16", "utf-32"}) {
        TemporaryFolder folder;
        const std::string shown = Conversation(workspace, folder.path(), encoding, section.title.ends_with("(pull)")).run();
        if (first.empty()) first = shown;
        else if (shown != first) return std::string("Under ") + encoding + " it differs:\n" + diff_lines(first, shown);
    }
    return first;
}

}  // namespace

std::vector<TestCase> discover_lsp(const Context& context) { return discover_sections(context, "lsp", ".txt"); }

Outcome run_lsp(const TestCase& test, const Context&) { return run_section(test, converse); }

}  // namespace ruff::tests
