package io.eventplatform.storage.tck;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.Cursor;
import io.eventplatform.storage.Position;
import io.eventplatform.storage.Row;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Other rows under the head of a cursor. */
class ListCursor implements Cursor {

    private final Cursor head;
    private final Iterator<Row> rows;

    ListCursor(Cursor head, List<Row> rows) {
        this.head = head;
        this.rows = rows.iterator();
    }

    @Override
    public List<Column> columns() {
        return head.columns();
    }

    @Override
    public Position position() {
        return head.position();
    }

    @Override
    public Optional<Instant> asOf() {
        return head.asOf();
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public Row next() {
        return rows.next();
    }

    @Override
    public void close() {
        head.close();
    }
}
