/** Every symbol reachable from `outputs`, operands before their users; the order depends on the graph alone. */
export function topologicalOrder(outputs) {
    const order = [];
    const seen = new Set();
    // An explicit stack: a deep graph must not overflow the call stack.
    const stack = [];
    const visit = (symbol) => {
        if (seen.has(symbol))
            return;
        seen.add(symbol);
        stack.push({ symbol, next: 0 });
    };
    for (const output of outputs) {
        visit(output);
        while (stack.length > 0) {
            const top = stack.at(-1);
            const operand = top.symbol.inputs[top.next++];
            if (operand !== undefined)
                visit(operand);
            else {
                order.push(top.symbol);
                stack.pop();
            }
        }
    }
    return order;
}
