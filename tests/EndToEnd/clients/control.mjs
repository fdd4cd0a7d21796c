// Lets a test call functions of a program: POST /NAME with a JSON body gives a JSON answer.
import http from "node:http";

/** Listens on a free port and gives it. The program ends with its standard input. */
export async function control(functions) {
    process.stdin.on("end", () => process.exit(0)).resume();
    const server = http.createServer(async (request, response) => {
        let text = "";
        for await (const chunk of request) text += chunk;
        try {
            const result = await functions[request.url.slice(1)](JSON.parse(text));
            response.end(JSON.stringify(result ?? null));
        } catch (error) {
            response.statusCode = 500;
            response.end(error.stack);
        }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server.address().port;
}
