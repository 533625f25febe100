// Bodies of regular expressions (family `text_formats`), and the one door to RE2.
#include <re2/re2.h>

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/support/utf8.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::StringObject;
using vm::Value;

// The compiled patterns used last, one cache a thread: a pattern in a loop is compiled once.
class PatternCache {
  public:
    std::shared_ptr<const RE2> find(std::string_view pattern) {
        auto known = index_.find(pattern);
        if (known == index_.end()) return add(pattern);
        entries_.splice(entries_.begin(), entries_, known->second);
        return entries_.front().compiled;
    }

  private:
    struct Entry {
        std::string pattern;
        std::shared_ptr<const RE2> compiled;
    };
    static constexpr std::size_t kCapacity = 256;

    std::shared_ptr<const RE2> add(std::string_view pattern) {
        RE2::Options options;
        options.set_log_errors(false);
        auto compiled =
            std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
        if (entries_.size() == kCapacity) {
            index_.erase(entries_.back().pattern);
            entries_.pop_back();
        }
        entries_.push_front({std::string(pattern), compiled});
        index_.emplace(entries_.front().pattern, entries_.begin());
        return compiled;
    }

    std::list<Entry> entries_;  // the one used last stands first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;
};

// The pattern in argument 1, compiled; null after raising. RE2 names the part that it did not like.
std::shared_ptr<const RE2> compile(Call& call) {
    static thread_local PatternCache cache;
    std::string_view pattern = call.text(1);
    std::shared_ptr<const RE2> compiled = cache.find(pattern);
    if (compiled->ok()) return compiled;
    std::string message = std::string(call.row.shown_name()) + ": invalid pattern " +
                          vm::display_for_message(call[1]) + ": " + compiled->error();
    std::size_t at =
        compiled->error_arg().empty() ? std::string_view::npos : pattern.find(compiled->error_arg());
    if (at != std::string_view::npos) {
        message += " at position " + std::to_string(utf8::count_code_points(pattern.substr(0, at)));
    }
    call.raise(ErrorKind::Value, message);
    return nullptr;
}

// One match after another, without overlaps. An empty match next to the one before is passed over.
class Matches {
  public:
    Matches(const RE2& pattern, std::string_view text)
        : pattern_(pattern),
          text_(text),
          groups_(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1) {}

    bool next() {
        while (at_ <= text_.size()) {
            if (!pattern_.Match(piece(), at_, text_.size(), RE2::UNANCHORED, groups_.data(),
                                static_cast<int>(groups_.size())))
                break;
            bool is_empty = begin() == end();
            bool touches_last = is_empty && has_last_ && begin() == last_end_;
            at_ = end();
            if (is_empty) at_ += at_ < text_.size() ? utf8::decode(text_, at_).size : 1;
            if (touches_last) continue;
            has_last_ = true;
            last_end_ = end();
            return true;
        }
        return false;
    }

    [[nodiscard]] std::size_t begin() const {
        return static_cast<std::size_t>(groups_[0].data() - text_.data());
    }
    [[nodiscard]] std::size_t end() const { return begin() + groups_[0].size(); }
    [[nodiscard]] std::size_t group_count() const { return groups_.size(); }
    [[nodiscard]] bool has_group(std::size_t i) const { return groups_[i].data() != nullptr; }
    [[nodiscard]] std::string_view group(std::size_t i) const {
        return {groups_[i].data(), groups_[i].size()};
    }
    [[nodiscard]] const RE2& pattern() const { return pattern_; }

  private:
    [[nodiscard]] re2::StringPiece piece() const { return {text_.data(), text_.size()}; }

    const RE2& pattern_;
    std::string_view text_;
    std::vector<re2::StringPiece> groups_;
    std::size_t at_ = 0;
    std::size_t last_end_ = 0;
    bool has_last_ = false;
};

Value group_value(const Matches& match, std::size_t i) {
    return match.has_group(i) ? vm::make_string(match.group(i)) : Value();
}

// The dict that `regex_find` gives for a match.
Value match_dict(const Matches& match, StringObject* text) {
    ArrayBuilder groups;
    for (std::size_t i = 1; i < match.group_count(); ++i) groups.push(group_value(match, i));
    DictBuilder named;
    for (const auto& [index, name] : match.pattern().CapturingGroupNames()) {
        named.set(std::string_view(name), group_value(match, static_cast<std::size_t>(index)));
    }
    auto position = [text](std::size_t offset) {
        return Value::integer(vm::code_point_index(text, static_cast<std::uint32_t>(offset)));
    };
    DictBuilder dict(5);
    dict.set("text", vm::make_string(match.group(0)));
    dict.set("start", position(match.begin()));
    dict.set("end", position(match.end()));
    dict.set("groups", groups.take());
    dict.set("named", named.take());
    return dict.take();
}

// Appends what a replacement text means for a match: `$0` to `$99`, `$name`, `$$`. False: there is no such
// group.
bool append_replacement(const Matches& match, std::string_view replacement, std::string& out,
                        std::string& missing) {
    auto is_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
        if (replacement[i] != '$' || (next != '$' && !is_word(next))) {
            out += replacement[i];
            continue;
        }
        if (next == '$') {
            out += '$';
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        bool is_number = next >= '0' && next <= '9';
        while (end < replacement.size() && is_word(replacement[end]) &&
               (!is_number || (replacement[end] <= '9' && end < i + 3)))
            ++end;
        std::string name(replacement.substr(i + 1, end - i - 1));
        std::size_t group = is_number ? std::stoul(name) : match.group_count();
        if (!is_number) {
            const auto& names = match.pattern().NamedCapturingGroups();
            if (auto found = names.find(name); found != names.end())
                group = static_cast<std::size_t>(found->second);
        }
        if (group >= match.group_count()) {
            missing = name;
            return false;
        }
        out += match.group(group);
        i = end - 1;
    }
    return true;
}

}  // namespace

namespace bodies {

Outcome regex_match(Call& call) {
    std::shared_ptr<const RE2> pattern = compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    std::string_view text = call.text(0);
    bool matches = pattern->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
    return call.done(Value::boolean(matches));
}

Outcome regex_find(Call& call) {
    std::shared_ptr<const RE2> pattern = compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    Matches match(*pattern, call.text(0));
    if (!match.next()) return call.done(Value());
    return done_or_out_of_memory(call, match_dict(match, call[0].as_string()));
}

Outcome regex_find_all(Call& call) {
    bool is_raised = false;
    if (!check_options(call, 2, {"groups"})) return Outcome::Raised;
    bool wants_groups = bool_option(call, 2, "groups", false, is_raised);
    std::shared_ptr<const RE2> pattern = is_raised ? nullptr : compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    ArrayBuilder found;
    for (Matches match(*pattern, call.text(0)); match.next();) {
        if (wants_groups)
            found.push(match_dict(match, call[0].as_string()));
        else
            found.push_text(match.group(0));
    }
    return found.done(call);
}

Outcome regex_replace_text(Call& call) {
    std::shared_ptr<const RE2> pattern = compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    std::string_view text = call.text(0);
    std::string out;
    std::size_t start = 0;
    for (Matches match(*pattern, text); match.next(); start = match.end()) {
        out += text.substr(start, match.begin() - start);
        std::string missing;
        if (!append_replacement(match, call.text(2), out, missing)) {
            return call.raise(ErrorKind::Value, "regex_replace: the pattern has no group `" + missing + "`",
                              "`$$` is a dollar sign");
        }
    }
    out += text.substr(start);
    return call.done_text(out);
}

// For a replacement by a function: text, match, text, match, …, text.
Outcome regex_pieces(Call& call) {
    std::shared_ptr<const RE2> pattern = compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    std::string_view text = call.text(0);
    ArrayBuilder pieces;
    std::size_t start = 0;
    for (Matches match(*pattern, text); match.next(); start = match.end()) {
        pieces.push_text(text.substr(start, match.begin() - start));
        pieces.push(match_dict(match, call[0].as_string()));
    }
    pieces.push_text(text.substr(start));
    return pieces.done(call);
}

Outcome regex_split(Call& call) {
    std::shared_ptr<const RE2> pattern = compile(call);
    if (pattern == nullptr) return Outcome::Raised;
    if (!call.is_null(2) && call.integer(2) < 1) {
        return raise_value_error(call,
                                 "the limit must be at least 1, got " + std::to_string(call.integer(2)));
    }
    std::uint64_t limit = call.is_null(2) ? UINT64_MAX : static_cast<std::uint64_t>(call.integer(2));
    std::string_view text = call.text(0);
    ArrayBuilder parts;
    std::size_t start = 0;
    for (Matches match(*pattern, text); parts.size() + 1 < limit && match.next();) {
        bool is_empty_at_end =
            match.begin() == match.end() && (match.begin() == 0 || match.end() == text.size());
        if (is_empty_at_end) continue;
        parts.push_text(text.substr(start, match.begin() - start));
        start = match.end();
    }
    parts.push_text(text.substr(start));
    return parts.done(call);
}

Outcome regex_escape(Call& call) {
    std::string_view text = call.text(0);
    return call.done_text(RE2::QuoteMeta({text.data(), text.size()}));
}

}  // namespace bodies
}  // namespace ruff::builtins
