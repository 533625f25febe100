#pragma once
// The loops behind display, equality, order and hash: each keeps a list of the containers it is inside of, so that depth
// costs memory and not stack. Used by the hooks of the kinds (core/vm/kind_hooks.h) and by operations.cpp.
//
// A driver looks at values by pointer: the caller keeps the outermost value alive and unchanged while it runs.
//
// Sharing. `x := [x, x]` sixty times is 60 objects and 2^60 paths. Looking at one object twice must not cost twice, and yet
// "the same object" is not "equal": it may hold NaN, or a struct whose op_eq says no. So what was walked to its end is
// remembered, with what came out: a pair that turned out equal, an object's hash. Only objects that are shared can be met
// again, and only a walk that has become long looks or writes down anything (`SharedMemory`), so ordinary values pay a count.

#include <bit>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/vm/hash.h"
#include "core/vm/kind_hooks.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/value.h"

namespace ruff::vm {

struct Code;

/// The methods of a program's structs that the drivers meet. Null where none may run: keys, messages.
class UserMethods {
public:
    /// False: raised.
    virtual bool to_string(Code* method, const Value& receiver, StringBuilder& out) = 0;
    /// `op_eq` or `op_lt`.
    virtual Truth test(Code* method, const Value& left, const Value& right) = 0;
protected:
    ~UserMethods() = default;
};

enum class DisplayStyle : std::uint8_t { Display, Represent };

class DisplayDriver {
public:
    DisplayDriver(StringBuilder& out, DisplayStyle style, UserMethods* methods) : out(out), style(style), methods_(methods) {}

    /// Writes `value` as it stands at the top: strings raw unless represented. False: a method raised.
    [[nodiscard]] bool run(const Value& value);
    /// Gives up, with an ellipsis, when this many bytes are written.
    void stop_after(std::size_t bytes) { limit_ = bytes; }

    // For hooks.
    void text(std::string_view piece) { out.append(piece); }
    void quoted(std::string_view piece);
    /// True: written. False: the hook returns false and is called again when it is.
    [[nodiscard]] bool child(const Value& value);

    StringBuilder& out;
    const DisplayStyle style;

private:
    struct Frame { const Value* value; Cursor cursor; };
    UserMethods* methods_;
    std::vector<Frame> frames_;
    std::size_t limit_ = static_cast<std::size_t>(-1);
    bool raised_ = false;
};

/// Remembers which shared objects, or pairs of them, a long walk is done with.
class SharedMemory {
public:
    /// Counts one container more; true once the walk is long enough to remember.
    bool is_long() { return ++walked_ > kLong; }
    /// What was noted for the pair; null: nothing so far.
    [[nodiscard]] const std::uint32_t* find(const Value& a, const Value& b) const {
        if (notes_.empty() || !a.object()->is_shared() || !b.object()->is_shared()) return nullptr;
        const auto found = notes_.find(key(a, b));
        return found == notes_.end() ? nullptr : &found->second;
    }
    void note(const Value& a, const Value& b, std::uint32_t what) {
        if (walked_ > kLong && a.object()->is_shared() && b.object()->is_shared()) notes_[key(a, b)] = what;
    }

private:
    using Key = std::pair<const Object*, const Object*>;
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return hash_fold(std::bit_cast<std::uint64_t>(key.first) ^ 0x9e3779b97f4a7c15ull, std::bit_cast<std::uint64_t>(key.second));
        }
    };
    static Key key(const Value& a, const Value& b) { return {a.object(), b.object()}; }
    static constexpr std::size_t kLong = 1000;

    std::unordered_map<Key, std::uint32_t, KeyHash> notes_;
    std::size_t walked_ = 0;
};

class EqualityDriver {
public:
    explicit EqualityDriver(UserMethods* methods) : methods_(methods) {}

    [[nodiscard]] Truth run(const Value& a, const Value& b);

    // For hooks.
    /// True: the two are equal. False: the hook returns false.
    [[nodiscard]] bool pair(const Value& a, const Value& b);
    bool unequal() {
        verdict_ = Truth::False;
        return false;
    }

private:
    struct Frame { const Value* a; const Value* b; Cursor cursor; };
    UserMethods* methods_;
    std::vector<Frame> frames_;
    SharedMemory equal_;
    Truth verdict_ = Truth::True;
};

/// Gives the order of two values: -1, 0, 1, or kUnordered for NaN.
class OrderDriver {
public:
    explicit OrderDriver(UserMethods* methods) : methods_(methods) {}

    enum class Result : std::uint8_t { Ordered, Refused, Raised };
    [[nodiscard]] Result run(const Value& a, const Value& b, int& order);
    /// The two values that have no order, after Refused.
    [[nodiscard]] const Value& refused_left() const { return *refused_left_; }
    [[nodiscard]] const Value& refused_right() const { return *refused_right_; }

    // For hooks.
    /// True: the two are of the same order. False: the hook returns false.
    [[nodiscard]] bool pair(const Value& a, const Value& b);
    bool decide(int order) {
        order_ = order;
        return order == 0;
    }
    bool refuse() {
        result_ = Result::Refused;
        return false;
    }

private:
    [[nodiscard]] bool decide_by_method(Code* method, const Value& a, const Value& b);

    struct Frame { const Value* a; const Value* b; Cursor cursor; };
    UserMethods* methods_;
    std::vector<Frame> frames_;
    SharedMemory equal_;
    const Value* refused_left_ = nullptr;
    const Value* refused_right_ = nullptr;
    Result result_ = Result::Ordered;
    int order_ = 0;
};

class HashDriver {
public:
    [[nodiscard]] std::uint32_t run(const Value& key);

    // For hooks.
    /// True: the child's hash went into the cursor. False: the hook returns false.
    [[nodiscard]] bool child(const Value& value, Cursor& at, ValueKind container);

private:
    static void combine(Cursor& at, ValueKind container, std::uint32_t hash);

    struct Frame { const Value* value; Cursor cursor; };
    std::vector<Frame> frames_;
    SharedMemory hashes_;
};

}  // namespace ruff::vm
