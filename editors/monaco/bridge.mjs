// Serves the page and monaco, and carries messages between the page and `plumb lsp`.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const HERE = dirname(fileURLToPath(import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };

/** Start a server on a free port of this machine; returns its address and a function that ends it. */
export async function bridge(command) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    try {
      const body = await readFile(join(HERE, path === "/" ? "page.html" : path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ server });
  const children = [];
  sockets.on("connection", (socket) => {
    const child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", (error) => {
      console.error(`the server does not start: ${error.message}`);
      process.exit(2);
    });
    children.push(child);
    socket.on("message", (data) => {
      child.stdin.write(`Content-Length: ${data.length}\r\n\r\n`);
      child.stdin.write(data);
    });
    frames(child.stdout, (body) => socket.send(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    children.forEach((child) => child.kill());
    sockets.close();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

/** Call `take` with the body of each message of a stream. */
function frames(stream, take) {
  let buffer = Buffer.alloc(0);
  stream.on("data", (piece) => {
    buffer = Buffer.concat([buffer, piece]);
    for (;;) {
      const end = buffer.indexOf("\r\n\r\n");
      const length = /Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString());
      if (end < 0 || !length || buffer.length < end + 4 + Number(length[1])) {
        return;
      }
      const start = end + 4;
      take(buffer.subarray(start, start + Number(length[1])).toString());
      buffer = buffer.subarray(start + Number(length[1]));
    }
  });
}
