#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lsp/features/request.h"
#include "lsp/protocol/messages.h"
#include "lsp/session/import_graph.h"
#include "lsp/session/lane.h"
#include "lsp/session/workspace.h"

namespace ruff::lsp {

/// A request of the client that has no answer yet.
struct Call {
    Json id;
    std::string id_text;
    std::string method;
    std::string document;          ///< path of the document it is about
    bool is_stopped_by_edits = false;
    bool is_taken_up = false;      ///< the writer has come to it; guarded by the mutex of the calls, like the next
    bool is_answered = false;
    StopSignal stop;
};

/// The language server without its transport: messages in, messages out.
///
/// Threads. `receive` may be called by one other thread, the reader: it parses, registers requests and marks those that
/// are cancelled at once, even when they still wait. `run` is the writer: it takes messages in the order they came, and
/// it alone changes the state. Requests are answered on two lanes from snapshots (snapshot.h). `send` is called from all
/// of these, one call at a time.
///
/// Each request gets exactly one reply, from whoever comes first: its feature, its cancellation, or the edit that makes
/// its answer useless.
class Server {
public:
    using Send = std::function<void(std::string_view body)>;
    explicit Server(Send send);
    ~Server();

    /// One message. Blocks while too much is waiting.
    void receive(std::string_view body);
    /// A frame that could not be read.
    void receive_bad_frame(FrameReader::Event event);
    /// There will be no more.
    void close();

    /// Works until `exit` or the end of the input. Gives the exit code: 0 when `shutdown` came first.
    int run();
    /// Works until everything received so far is answered and the lanes are idle, on the calling thread.
    void settle();

    [[nodiscard]] bool has_exited() const { return has_exited_; }

private:
    struct Item {
        Json message;
        std::shared_ptr<Call> call;            // of a request
        std::function<void()> work;            // of what a lane hands back to the writer
        std::size_t size = 0;
    };
    enum class Phase : std::uint8_t { New, Running, ShutDown };

    // Reader.
    void register_call(Item& item);
    void cancel(const Json& id);
    void push(Item item);

    // Writer.
    bool take(Item& item, bool waits);
    void handle(Item& item);
    void handle_request(const Item& item);
    void handle_notification(std::string_view method, const Json& params);
    void handle_response(const Json& message);
    void initialize(Call& call, const Json& params);
    void initialized();
    void start_call(const std::shared_ptr<Call>& call, const RequestRow& row, const Json& params);
    void stop_calls(const std::string& document);
    void stop_all_calls();
    void refresh();
    [[nodiscard]] bool has_waiting_change();
    void change_folders(const Json& event);
    void change_settings(const Json& params);
    void scan_workspace();
    void register_watchers();
    void ask_settings();
    void ask(std::string_view method, Json params, std::function<void(const Json& result)> then);
    void execute_command(const std::shared_ptr<Call>& call, const Json& params);

    // Diagnostics.
    void publish(const Snapshot& snapshot, const FileText& file, const std::vector<Diagnostic>& diagnostics);
    void publish_settings(const Snapshot& snapshot, const FolderSettings& settings);
    void publish_body(const Snapshot& snapshot, const std::string& uri, bool is_open, bool is_empty, std::string body);
    void withdraw(const std::string& uri);
    void check_in_background(std::set<std::string> changed, bool all);
    void run_background_check(const std::shared_ptr<const Snapshot>& snapshot);
    void answer_held_workspace_calls();
    void run_workspace_diagnostic(const std::shared_ptr<Call>& call, const Json& params,
                                  const std::shared_ptr<const Snapshot>& snapshot);

    // Any thread.
    void reply(Call& call, const Answer& answer);
    void run_call(Call& call, const RequestRow& row, const Json& params, const std::shared_ptr<const Snapshot>& snapshot);
    void notify(std::string_view method, const Json& params);
    void send(std::string_view body);

    const Send send_;
    std::mutex send_mutex_;

    std::mutex inbox_mutex_;
    std::condition_variable inbox_filled_;
    std::condition_variable inbox_drained_;
    std::deque<Item> inbox_;
    std::size_t inbox_size_ = 0;
    bool is_closed_ = false;

    std::mutex calls_mutex_;
    std::unordered_map<std::string, std::shared_ptr<Call>> calls_;  // by id

    // The writer's.
    Phase phase_ = Phase::New;
    bool has_exited_ = false;
    int exit_code_ = 1;
    Workspace workspace_;
    std::shared_ptr<Snapshot> snapshot_;
    std::int64_t last_request_ = 0;
    std::map<std::int64_t, std::function<void(const Json&)>> asked_;
    StopSignal stop_;
    struct HeldCall {
        std::shared_ptr<Call> call;
        Json params;
    };
    std::vector<HeldCall> held_calls_;  // of workspace/diagnostic that have nothing new to say yet

    // What the background has still to check, and what the client has been told.
    std::mutex check_mutex_;
    std::set<std::string> changed_;
    bool checks_all_ = false;
    std::uint64_t newest_ = 0;
    struct Published {
        std::uint64_t snapshot = 0;
        std::string body;
        bool is_empty = true;
    };
    ImportGraph import_graph_;  // of the background lane
    std::mutex published_mutex_;
    std::unordered_map<std::string, Published> published_;  // by URI

    Lane latency_lane_;
    Lane background_lane_;
};

}  // namespace ruff::lsp
