// Drives the server with VS Code's own protocol library; prints one JSON line a finding.
// Arguments: the server's command.
const { spawn } = require("child_process");
const {
  CancellationTokenSource, CodeActionRequest, CompletionRequest, CompletionResolveRequest,
  createProtocolConnection, DidChangeTextDocumentNotification, DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest, ErrorCodes, ExitNotification, HoverRequest, InitializedNotification,
  InitializeRequest, InlineCompletionRequest, LSPErrorCodes, RenameRequest, ShutdownRequest,
  StreamMessageReader, StreamMessageWriter, WorkDoneProgressCreateRequest, WorkDoneProgress,
} = require("vscode-languageserver-protocol/node");

const say = (name, value) => console.log(JSON.stringify({ name, value }));
const server = spawn(process.argv[2], process.argv.slice(3), { stdio: ["pipe", "pipe", "inherit"] });
const wire = createProtocolConnection(
  new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
wire.onError(([error]) => say("error", String(error)));
wire.onUnhandledNotification(() => {});
wire.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
  wire.onProgress(WorkDoneProgress.type, token, (value) => say("progress", value.kind));
});
wire.listen();

const uri = "file:///nowhere/sample.py";
const textDocument = { uri };
const at = (line, character) => ({ textDocument, position: { line, character } });

async function main() {
  const { capabilities } = await wire.sendRequest(InitializeRequest.type, {
    processId: process.pid, rootUri: null, workspaceFolders: null,
    capabilities: {
      window: { workDoneProgress: true },
      textDocument: {
        completion: { completionItem: { resolveSupport: { properties: ["documentation"] } } },
        inlineCompletion: {}, diagnostic: {}, hover: {}, rename: {},
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
      },
    },
  });
  say("capabilities", Object.keys(capabilities).sort());
  await wire.sendNotification(InitializedNotification.type, {});
  const text = 's = "😀"; import math, os\n\ndef area(radius):\n    return mth.pi\n\nvalue = ';
  await wire.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "python", version: 1, text },
  });
  const ghost = await wire.sendRequest(InlineCompletionRequest.type,
    { ...at(5, 8), context: { triggerKind: 1 } });
  say("ghost", ghost.items.map((item) => item.insertText));
  const report = await wire.sendRequest(DocumentDiagnosticRequest.type, { textDocument });
  for (const { message, range } of report.items)
    say("found", [range.start.line, range.start.character, message]);
  const wrong = report.items.find((item) => item.message.includes("mth"));
  const actions = await wire.sendRequest(CodeActionRequest.type,
    { textDocument, range: wrong.range, context: { diagnostics: [wrong] } });
  say("actions", actions.map((action) => action.title));
  await wire.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text: "math.fact",
      range: { start: { line: 5, character: 8 }, end: { line: 5, character: 8 } } }],
  });
  let item; // an incomplete list says: ask again
  for (let tries = 0; !item && tries < 200; tries++) {
    const popup = await wire.sendRequest(CompletionRequest.type, at(5, 17));
    item = popup.items.find(({ label }) => label.startsWith("factorial"));
    if (!item && !popup.isIncomplete) break;
    if (!item) await new Promise((resume) => setTimeout(resume, 100));
  }
  say("popup", item.label);
  const resolved = await wire.sendRequest(CompletionResolveRequest.type, item);
  say("documentation", JSON.stringify(resolved.documentation ?? ""));
  const hover = await wire.sendRequest(HoverRequest.type, at(2, 5));
  say("hover", JSON.stringify(hover.contents));
  const edit = await wire.sendRequest(RenameRequest.type, { ...at(2, 10), newName: "r" });
  say("rename", JSON.stringify(edit));
  const source = new CancellationTokenSource();
  const late = wire.sendRequest(CompletionRequest.type, at(5, 17), source.token);
  source.cancel();
  say("cancelled", await late.then(() => "answered", ({ code }) =>
    code === LSPErrorCodes.RequestCancelled ? "cancelled" : code));
  say("unknown", await wire.sendRequest("plumb/none", {}).catch(({ code }) =>
    code === ErrorCodes.MethodNotFound ? "not found" : code));
  await wire.sendRequest(ShutdownRequest.type);
  server.on("exit", (code) => { say("exit", code); process.exit(0); });
  await wire.sendNotification(ExitNotification.type);
}

main().catch((error) => { say("failed", String(error)); process.exit(1); });
