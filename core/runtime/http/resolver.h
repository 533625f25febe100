#pragma once
// Host names to addresses, off the isolate's thread.
//
// libcurl starts a thread for each lookup, does not merge equal ones, and joins the thread when a request is cancelled during its
// lookup, which can stop the loop for seconds. So names are looked up here, by getaddrinfo on a worker of the lookup lane, equal
// names once, and libcurl is told the addresses.

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/runtime/loop.h"

namespace ruff::runtime {

struct Addresses {
    std::vector<std::string> numeric;   ///< as libcurl takes them: IPv6 in brackets
    std::string failure;                ///< the system's words; empty when there are addresses
};

class Resolver {
public:
    using Id = std::uint64_t;
    using Found = std::function<void(const Addresses& addresses)>;

    explicit Resolver(Loop& loop) : loop_(loop) {}
    /// What is known of `host` without a lookup: a literal address, or a name that was found in the last minute. Null otherwise.
    [[nodiscard]] const Addresses* find_known(const std::string& host);
    /// Calls `found` from the loop once `host` is looked up. Equal lookups under way are one.
    [[nodiscard]] Id look_up(const std::string& host, Found found);
    /// `found` is not called any more; the lookup itself ends for nobody.
    void forget(const std::string& host, Id id);

private:
    struct Waiting {
        Id id;
        Found found;
    };
    struct Known {
        Addresses addresses;
        vm::Instant expires = 0;
    };
    friend class LookupDone;
    void deliver(const std::string& host, Addresses addresses);

    Loop& loop_;
    Id next_id_ = 1;
    std::unordered_map<std::string, std::vector<Waiting>> under_way_;
    std::unordered_map<std::string, Known> known_;
};

}  // namespace ruff::runtime
