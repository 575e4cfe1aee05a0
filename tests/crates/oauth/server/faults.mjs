// Faults of the token endpoint, each for as many requests as a test asks for:
//
// - `{"status": 503, "times": 2}`: answers so and does nothing;
// - `{"drop": "before"}`: closes the connection and does nothing;
// - `{"drop": "after"}`: does what it was asked and closes the connection without an answer;
// - `{"delay": 500}`: answers after as many milliseconds.

export class Faults {
  #pending = [];

  add({ times = 1, ...fault }) {
    for (let left = times; left > 0; left -= 1) {
      this.#pending.push(fault);
    }
  }

  async around(response, answer) {
    const fault = this.#pending.shift();
    if (fault?.status) {
      response.writeHead(fault.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'temporarily_unavailable' }));
      return;
    }
    if (fault?.drop === 'before') {
      response.socket.destroy();
      return;
    }
    if (fault?.drop === 'after') {
      response.end = () => response.socket.destroy();
    }
    if (fault?.delay) {
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
    }
    await answer();
  }
}
