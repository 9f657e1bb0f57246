package io.eventplatform.storage.lake.kernelcheck;

import io.delta.kernel.Scan;
import io.delta.kernel.ScanBuilder;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** A table as Delta Kernel sees it. */
final class KernelReader {

    private final Engine engine = DefaultEngine.create(new Configuration());
    private final Snapshot snapshot;

    KernelReader(Path table) {
        snapshot = Table.forPath(engine, table.toString()).getLatestSnapshot(engine);
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Optional<Long> transactionVersion(String applicationId) {
        return snapshot.getLatestTransactionVersion(engine, applicationId);
    }

    /** The files that a reader with this predicate opens. */
    List<String> files(Predicate predicate) throws IOException {
        List<String> paths = new ArrayList<>();
        for (Row file :
                scanFiles(snapshot.getScanBuilder().withFilter(predicate).build())) {
            paths.add(InternalScanFileUtils.getAddFileStatus(file).getPath());
        }
        return paths;
    }

    /** All rows, with the columns in the order of the schema. */
    List<List<@Nullable Object>> rows() throws IOException {
        ScanBuilder builder = snapshot.getScanBuilder();
        Scan scan = builder.build();
        Row state = scan.getScanState(engine);
        StructType physical = ScanStateRow.getPhysicalDataReadSchema(state);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (Row file : scanFiles(scan)) {
            FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
            try (CloseableIterator<FileReadResult> read = engine.getParquetHandler()
                            .readParquetFiles(iterator(List.of(status)), physical, Optional.empty());
                    CloseableIterator<FilteredColumnarBatch> batches =
                            Scan.transformPhysicalData(engine, state, file, read.map(FileReadResult::getData))) {
                while (batches.hasNext()) {
                    addRows(batches.next().getData(), rows);
                }
            }
        }
        return rows;
    }

    private List<Row> scanFiles(Scan scan) throws IOException {
        List<Row> files = new ArrayList<>();
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> some = batches.next().getRows()) {
                    some.forEachRemaining(files::add);
                }
            }
        }
        return files;
    }

    private static void addRows(ColumnarBatch batch, List<List<@Nullable Object>> rows) {
        for (int row = 0; row < batch.getSize(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int column = 0; column < batch.getSchema().length(); column++) {
                values.add(value(batch.getColumnVector(column), row));
            }
            rows.add(Collections.unmodifiableList(values));
        }
    }

    private static @Nullable Object value(ColumnVector column, int row) {
        DataType type = column.getDataType();
        if (column.isNullAt(row)) {
            return null;
        }
        return switch (type.toString()) {
            case "long" -> column.getLong(row);
            case "double" -> column.getDouble(row);
            case "boolean" -> column.getBoolean(row);
            case "timestamp" -> Instant.EPOCH.plus(column.getLong(row), ChronoUnit.MICROS);
            case "date" -> LocalDate.ofEpochDay(column.getInt(row));
            case "string" -> column.getString(row);
            default -> column.getDecimal(row);
        };
    }

    private static <T> CloseableIterator<T> iterator(List<T> values) {
        Iterator<T> all = values.iterator();
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public T next() {
                return all.next();
            }

            @Override
            public void close() {}
        };
    }
}
