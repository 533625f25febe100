// `watch`: changes of a path, by inotify, as values of a channel.
//
// A watch belongs to the loop and holds the channel; it ends when nobody else does, when the program closes the channel, or when
// the path is gone. It keeps no program alive, but a fiber that waits for a change is no deadlock.

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/file_system.h"
#include "core/builtins/gate.h"
#include "core/builtins/path_text.h"
#include "core/runtime/channel.h"
#include "core/runtime/loop.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using runtime::Channel;
using vm::Call;
using vm::Outcome;
using vm::Value;

constexpr std::uint32_t kMask = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM |
                                IN_DELETE_SELF | IN_MOVE_SELF;

std::string_view kind_of(std::uint32_t mask) {
    if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) return "created";
    return (mask & (IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF)) != 0 ? "deleted" : "changed";
}

class PathWatch {
  public:
    PathWatch(runtime::Loop& loop, std::string path, Descriptor descriptor, Value channel)
        : loop_(loop), path_(std::move(path)), descriptor_(std::move(descriptor)), channel_(std::move(channel)),
          watch_(loop, descriptor_.number()) {
        loop_.begin_listening();
    }
    ~PathWatch() { loop_.end_listening(); }
    PathWatch(const PathWatch&) = delete;
    PathWatch& operator=(const PathWatch&) = delete;

    // Nobody can see the changes any more.
    [[nodiscard]] bool is_over() const { return has_ended_ || channel().is_closed() || !channel_.object()->is_shared(); }

    void wait(vm::Vm& vm) {
        watch_.wait_readable([this, &vm] {
            read_changes(vm);
            if (!has_ended_) wait(vm);
        });
    }

  private:
    void read_changes(vm::Vm& vm) {
        alignas(inotify_event) std::array<char, 16 * 1024> buffer;
        for (;;) {
            ssize_t size = ::read(descriptor_.number(), buffer.data(), buffer.size());
            if (size <= 0) return;
            for (ssize_t at = 0; at < size;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
                tell(vm, *event);
            }
        }
    }
    void tell(vm::Vm& vm, const inotify_event& event) {
        if (channel().is_closed() || (event.mask & (IN_IGNORED | IN_Q_OVERFLOW)) != 0) return;
        const std::string_view parts[] = {path_, event.name};
        std::string path = event.len == 0 ? path_ : join_path(parts);
        DictBuilder change(2);
        change.set("path", vm::make_string(with_replacements(path)));
        change.set("kind", vm::make_string(kind_of(event.mask)));
        Value value = change.take();
        (void)channel().send(vm, value);
        if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF)) == 0) return;
        has_ended_ = true;
        channel().close(vm);
    }
    [[nodiscard]] Channel& channel() const { return vm::handle_of<Channel>(channel_); }

    runtime::Loop& loop_;
    std::string path_;
    Descriptor descriptor_;
    Value channel_;
    runtime::Watch watch_;
    bool has_ended_ = false;
};

// The watches of one loop.
class Watches final : public runtime::Service {
  public:
    Watches(vm::Vm&, runtime::Loop&) {}
    void turn(vm::Vm&, bool) override {
        std::erase_if(all_, [](const std::unique_ptr<PathWatch>& watch) { return watch->is_over(); });
    }
    void add(vm::Vm& vm, std::unique_ptr<PathWatch> watch) {
        watch->wait(vm);
        all_.push_back(std::move(watch));
    }

  private:
    std::vector<std::unique_ptr<PathWatch>> all_;
};

}  // namespace

namespace bodies {

Outcome watch(Call& call) {
    std::string path(call.text(0));
    if (path.empty() || path.find('\0') != std::string::npos) return raise_value_error(call, "that is no path");
    if (!pass_gate(call, path)) return Outcome::Raised;
    Descriptor descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!descriptor.is_open() || ::inotify_add_watch(descriptor.number(), path.c_str(), kMask) < 0) {
        return call.raise(vm::ErrorKind::Io, "watch: " + system_error(path).message);
    }
    runtime::Loop& loop = runtime::Loop::of(call.vm);
    Value channel = vm::make_handle(ValueKind::Channel, new Channel(Channel::kUnbounded));
    loop.service<Watches>().add(call.vm, std::make_unique<PathWatch>(loop, path, std::move(descriptor), channel));
    return call.done(std::move(channel));
}

}  // namespace bodies
}  // namespace ruff::builtins
